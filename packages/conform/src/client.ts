import type { ReceivedResponse, RequestOptions, Send } from './exchange.ts'

export interface ClientOptions {
  /** Scheme, host and port. */
  origin: string
  /** Milliseconds to wait for one response. */
  timeout: number
  signal: AbortSignal
  /** Called with every response, in the order of arrival. */
  onResponse(response: ReceivedResponse): void
}

/** The server did not respond, or not with HTTP. */
export class NoResponse extends Error {
  override name = 'NoResponse'
}

/** Sends requests unchanged and follows no redirects. */
export function createClient({ origin, timeout, signal, onResponse }: ClientOptions): Send {
  return async function send(path: string, options: RequestOptions = {}): Promise<ReceivedResponse> {
    const response = await sendOnce(path, options)
    // With a slow connection, a token of a few seconds may expire before it arrives.
    const isLate = options.as && !options.token && response.json?.code === 'auth.token_expired'
    return isLate ? sendOnce(path, options) : response
  }

  async function sendOnce(path: string, options: RequestOptions = {}): Promise<ReceivedResponse> {
    const { method = 'GET', as } = options
    const requestHeaders = await headersOf(options, sendOnce)
    const body = options.json === undefined ? options.rawBody : JSON.stringify(options.json)
    const sentAt = Date.now()
    const exchange = async (): Promise<ReceivedResponse> => {
      const fetched = await fetch(origin + path, {
        method,
        headers: requestHeaders,
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
        // As bytes, since fetch would add a Content-Type to a string.
        ...(body !== undefined && {
          body: typeof body === 'string' ? new TextEncoder().encode(body) : new Uint8Array(body),
        }),
      })
      const bytes = new Uint8Array(await fetched.arrayBuffer())
      const text = new TextDecoder().decode(bytes)
      return {
        method,
        path,
        requestHeaders,
        requestBody: typeof body === 'object' ? `${body.length} bytes` : body,
        as,
        status: fetched.status,
        headers: fetched.headers,
        bytes,
        text,
        json: parsed(text),
        sentAt,
        arrivedAt: Date.now(),
      }
    }
    const response = await exchange().catch((error) => {
      throw new NoResponse(`${method} ${path.slice(0, 200)} got no response: ${reasonOf(error, timeout)}`)
    })
    onResponse(response)
    return response
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
  if (error.name === 'TimeoutError') return `no response within ${timeout / 1000} s`
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
