import { pause } from './abort.ts'

export type Fetch = (request: Request) => Response | Promise<Response>

export interface Attempts {
  fetch: Fetch
  /** The maximum number of attempts. */
  attempts: number
  /** When to give up, in milliseconds since 1970. */
  deadline: number
  /** Whether the request may be sent again although its outcome is unknown. */
  isRepeatable: boolean
  signal: AbortSignal
}

/**
 * Sends a request until it gets a final response. After 429 or 503 with Retry-After (RFC 9110, section 10.2.3) it tries
 * again at that time, whatever the method, since the server has done nothing. After 502, 503 or 504 without it, and
 * after a broken connection, it tries again only if the request is repeatable. If the deadline comes first, it returns
 * the response as it is.
 * @throws the error of fetch, or the signal's reason
 */
export async function sendWithRetries(request: Request, options: Attempts): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await send(request, options)
    const wait = waitAfter(outcome, attempt, options.isRepeatable)
    const isLast = attempt >= options.attempts || wait === undefined || Date.now() + wait > options.deadline
    if (isLast) {
      if ('response' in outcome) return outcome.response
      throw outcome.error
    }
    await pause(wait, options.signal)
  }
}

type Outcome = { response: Response } | { error: unknown }

async function send(request: Request, { fetch, signal }: Attempts): Promise<Outcome> {
  signal.throwIfAborted() // the caller's fetch may ignore the signal
  try {
    const response = await fetch(new Request(request.clone(), { signal }))
    return { response: await readWhole(response) }
  } catch (error) {
    return { error }
  }
}

/** Reads the whole body into memory, so that a connection that breaks in the middle can be retried too. */
async function readWhole(response: Response): Promise<Response> {
  const { status, statusText } = response
  const bytes = await response.arrayBuffer()
  const headers = new Headers(response.headers)
  headers.delete('content-encoding') // it is decoded
  headers.delete('content-length')
  return new Response(bytes.byteLength > 0 ? bytes : null, { status, statusText, headers })
}

/** Milliseconds before the next attempt; undefined if there is none. */
function waitAfter(outcome: Outcome, attempt: number, isRepeatable: boolean): number | undefined {
  const backoff = Math.min(5000, 250 * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2)
  if ('error' in outcome) return isRepeatable ? backoff : undefined
  const { status, headers } = outcome.response
  if (status !== 429 && status !== 502 && status !== 503 && status !== 504) return undefined
  const asked = status === 502 || status === 504 ? undefined : retryAfter(headers.get('retry-after'))
  if (asked !== undefined) return asked
  return isRepeatable ? backoff : undefined
}

/** Milliseconds from Retry-After, which has seconds or a date (RFC 9110, section 10.2.3). */
function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined
  if (/^\d+$/.test(header)) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}
