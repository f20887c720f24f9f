import { Agent, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'

/** A request of the load. */
export interface Sent {
  method?: string
  path: string
  headers?: Record<string, string>
  body?: string
}

/** A request without a response. */
interface Failure {
  /** An error code like ECONNRESET. */
  code: string
  path: string
  isReused: boolean
  /** The time of sending, by `performance.now()`. */
  sentAt: number
}

export interface Outcome {
  /** The number of responses with each status. */
  statuses: Record<number, number>
  /** Responses with a status of 500 or above. */
  refusals: { status: number; path: string; body: string; sentAt: number }[]
  failures: Failure[]
  /** Milliseconds of the slowest response. */
  slowest: number
}

interface LoadOptions {
  url: string
  /** Requests a second, independent of the responses. */
  rate: number
  next(count: number): Sent
}

/** Sends requests at a steady rate until `stop`: half of them on new connections, half on reused ones. */
export function startLoad({ url, rate, next }: LoadOptions): { outcome: Outcome; stop(): Promise<Outcome> } {
  const outcome: Outcome = { statuses: {}, refusals: [], failures: [], slowest: 0 }
  const kept = new Agent({ keepAlive: true, maxSockets: 20, scheduling: 'fifo' })
  const running = new Set<Promise<void>>()
  const startedAt = performance.now()
  let count = 0

  const send = async (sent: Sent, agent: Agent | false) => {
    const sentAt = performance.now()
    const { outgoing, response: arriving } = ask(url, sent, agent)
    try {
      const response = await arriving
      const body = await text(response)
      const status = response.statusCode ?? 0
      outcome.statuses[status] = (outcome.statuses[status] ?? 0) + 1
      if (status >= 500) outcome.refusals.push({ status, path: sent.path, body, sentAt })
      outcome.slowest = Math.max(outcome.slowest, performance.now() - sentAt)
    } catch (error) {
      const { code = String(error) } = error as NodeJS.ErrnoException
      outcome.failures.push({ code, path: sent.path, isReused: outgoing.reusedSocket, sentAt })
    }
  }

  const timer = setInterval(() => {
    const due = ((performance.now() - startedAt) / 1000) * rate
    while (count < due) {
      const work = send(next(count), count % 2 === 0 ? kept : false)
      count++
      running.add(work)
      work.finally(() => running.delete(work))
    }
  }, 1000 / rate)

  return {
    outcome,
    stop: async () => {
      clearInterval(timer)
      await Promise.all(running)
      kept.destroy()
      return outcome
    },
  }
}

function ask(url: string, { method = 'GET', path, headers = {}, body }: Sent, agent: Agent | false) {
  const { promise: response, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }
  const outgoing = request(url + path, { method, headers: { ...headers, ...length }, agent, timeout: 20_000 })
  outgoing.on('response', resolve).on('error', reject)
  outgoing.on('timeout', () =>
    outgoing.destroy(Object.assign(new Error('no response'), { code: 'NO_ANSWER' })),
  )
  outgoing.end(body)
  return { response, outgoing }
}

/** A typical mix of requests: mostly reads, sometimes writes, whoami or log-ins. */
export function everydayRequests(token: string, login: { username: string; password: string }) {
  const json = { 'Content-Type': 'application/json' }
  const authorization = { Authorization: `Bearer ${token}` }
  return (count: number): Sent => {
    const step = Math.floor(count / 2) % 10 // new and reused connections get all kinds of requests
    if (step === 0) {
      const body = JSON.stringify({ title: `post ${count}`, body: 'text '.repeat(50).trim() })
      return { method: 'POST', path: '/posts', headers: { ...json, ...authorization }, body }
    }
    if (step === 1)
      return {
        method: 'POST',
        path: '/auth/token',
        headers: json,
        body: JSON.stringify({ username: login.username, password: login.password }),
      }
    if (step === 2) return { path: '/auth/whoami', headers: authorization }
    return { path: `/posts?limit=${step}` }
  }
}
