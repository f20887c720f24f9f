import type { Answer, RequestOptions, Send } from './exchange.ts'

export interface ClientOptions {
  /** Scheme, host and port. */
  origin: string
  /** Milliseconds for one answer. */
  timeout: number
  signal: AbortSignal
  /** Is told of every answer, in the order in which they come. */
  onAnswer(answer: Answer): void
}

/** The server did not answer, or not with HTTP. */
export class Unanswered extends Error {
  override name = 'Unanswered'
}

/** Sends requests as they are and follows no redirects. */
export function createClient({ origin, timeout, signal, onAnswer }: ClientOptions): Send {
  return async function send(path: string, options: RequestOptions = {}): Promise<Answer> {
    const answer = await sendOnce(path, options)
    // On a slow way to the server a token of seconds may end before it arrives.
    const isLate = options.as && !options.token && answer.json?.code === 'auth.token_expired'
    return isLate ? sendOnce(path, options) : answer
  }

  async function sendOnce(path: string, options: RequestOptions = {}): Promise<Answer> {
    const { method = 'GET', as } = options
    const requestHeaders = await headersOf(options, sendOnce)
    const body = options.json === undefined ? options.rawBody : JSON.stringify(options.json)
    const sentAt = Date.now()
    const exchange = async (): Promise<Answer> => {
      const response = await fetch(origin + path, {
        method,
        headers: requestHeaders,
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
        // As bytes, because fetch would add a Content-Type to text.
        ...(body !== undefined && {
          body: typeof body === 'string' ? new TextEncoder().encode(body) : new Uint8Array(body),
        }),
      })
      const bytes = new Uint8Array(await response.arrayBuffer())
      const text = new TextDecoder().decode(bytes)
      return {
        method,
        path,
        requestHeaders,
        requestBody: typeof body === 'object' ? `${body.length} bytes` : body,
        as,
        status: response.status,
        headers: response.headers,
        bytes,
        text,
        json: parsed(text),
        sentAt,
        arrivedAt: Date.now(),
      }
    }
    const answer = await exchange().catch((error) => {
      throw new Unanswered(`${method} ${path.slice(0, 200)} was not answered: ${reasonOf(error, timeout)}`)
    })
    onAnswer(answer)
    return answer
  }
}

async function headersOf({ as, token, json, headers }: RequestOptions, send: Send): Promise<Headers> {
  const access = token ?? (as && (await as.freshToken(send)))
  return new Headers({
    ...(json !== undefined && { 'content-type': 'application/json' }),
    ...(access !== undefined && { authorization: `Bearer ${access}` }),
    ...headers,
  })
}

function reasonOf(error: unknown, timeout: number): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `no answer within ${timeout / 1000} s`
  return error.cause instanceof Error
    ? error.cause.message || String((error.cause as NodeJS.ErrnoException).code)
    : error.message
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
