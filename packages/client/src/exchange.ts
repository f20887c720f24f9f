import { withDeadline } from './abort.ts'
import { keyedOperations, openOperations } from './operations.generated.ts'
import type { ClientOptions } from './options.ts'
import { type AnyProblem, toExpectedResponse } from './problem.ts'
import { type Fetch, sendWithRetries } from './retry.ts'
import { createSession } from './session.ts'
import { inMemory, type SessionTokens } from './session-store.ts'

const never = new AbortController().signal

/** Adds to each request the session, the Idempotency-Key and the retries. */
export function createExchange(options: ClientOptions) {
  const { attempts = 4, timeout = 30_000, baseUrl, headers, token } = options
  const fetch: Fetch = options.fetch ?? ((request) => globalThis.fetch(request))
  const session = createSession({
    store: options.session ?? inMemory(),
    refresh,
    onSessionEnd: options.onSessionEnd ?? (() => {}),
  })

  /** Sends the request of an operation; `operation` is for example `GET /posts/{id}`. */
  function exchange(request: Request, operation: string, signal: AbortSignal = never): Promise<Response> {
    const needsToken = !openOperations.includes(operation) && !hasCredentials(request)
    const prepared = keyedOperations.includes(operation) ? withKey(request) : request
    return within(signal, attempts, async (send) =>
      needsToken ? await withCredential(prepared, send) : await send(prepared),
    )
  }

  async function withCredential(request: Request, send: Send): Promise<Response> {
    if (token === undefined) return withSession(request, send)
    return send(withToken(request, { access_token: token }))
  }

  async function withSession(request: Request, send: Send): Promise<Response> {
    const { tokens, refusal } = await session.fresh()
    if (refusal) return refusal.clone()
    const response = await send(withToken(request, tokens))
    if (response.status !== 401 || !tokens) return response
    const { code } = (await response.clone().json()) as AnyProblem
    if (code === 'auth.session_revoked') await session.end(tokens, response)
    if (code !== 'auth.token_expired') return response
    const renewal = await session.renew(tokens)
    if (renewal.refusal) return renewal.refusal.clone()
    return isSuccessor(renewal.tokens, tokens) ? await send(withToken(request, renewal.tokens)) : response
  }

  /** Several calls may wait for one refresh, so the signal of a single call does not abort it. */
  function refresh(refreshToken: string, isUrgent: boolean): Promise<Response> {
    const request = new Request(`${baseUrl.replace(/\/$/, '')}/auth/refresh`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ refresh_token: refreshToken }),
    })
    return within(never, isUrgent ? attempts : 1, (send) => send(request))
  }

  type Send = (request: Request) => Promise<Response>

  function within(caller: AbortSignal, attempts: number, work: (send: Send) => Promise<Response>) {
    const deadline = Date.now() + timeout
    return withDeadline(timeout, caller, (signal) =>
      work(async (request) => {
        const isRepeatable = isSafeToRepeat(request)
        return toExpectedResponse(
          request,
          await sendWithRetries(request, { fetch, attempts, deadline, isRepeatable, signal }),
        )
      }),
    )
  }

  return { exchange, session }
}

/**
 * Whether a request may be sent twice. PUT is not repeatable, since it changes the password, and the second attempt
 * would send the wrong current one. A refresh is: for a while, the server responds to the same token with the same
 * successor.
 */
function isSafeToRepeat({ method, headers, url }: Request): boolean {
  return (
    method === 'GET' ||
    method === 'DELETE' ||
    headers.has('idempotency-key') ||
    new URL(url).pathname.endsWith('/auth/refresh')
  )
}

function hasCredentials({ headers }: Request): boolean {
  return ['authorization', 'x-access-token', 'cookie'].some((name) => headers.has(name))
}

function withToken(request: Request, tokens: SessionTokens | undefined): Request {
  const copy = new Request(request.clone())
  if (tokens?.access_token) copy.headers.set('authorization', `Bearer ${tokens.access_token}`)
  return copy
}

/** Adds an Idempotency-Key, unless the caller has set one. All attempts use the same key. */
function withKey(request: Request): Request {
  if (!request.headers.has('idempotency-key')) {
    // Not randomUUID(), which browsers have only on https.
    const bytes = crypto.getRandomValues(new Uint8Array(16))
    const key = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
    request.headers.set('idempotency-key', key)
  }
  return request
}

/**
 * Whether the new token is for the same user: a call must never be repeated as another user who has logged in
 * meanwhile.
 */
function isSuccessor(tokens: SessionTokens | undefined, old: SessionTokens): boolean {
  return tokens?.access_token !== old.access_token && tokens?.user?.id === old.user?.id
}
