import type { Problem, Session } from './api.generated.ts'
import type { SessionStore, SessionTokens } from './session-store.ts'
import type { StoredSession } from './types.ts'

interface SessionOptions {
  store: SessionStore
  /** Requests new tokens: once if `isUrgent` is false, otherwise with the retries of a call. */
  refresh(refreshToken: string, isUrgent: boolean): Promise<Response>
  onSessionEnd: (problem: Problem) => void
}

/** The tokens to continue with, and the server's refusal if it gave no new ones. */
export interface Renewal {
  tokens?: SessionTokens | undefined
  refusal?: Response
}

/** Keeps the session fresh. Only one refresh runs at a time; all calls share its outcome. */
export function createSession({ store, refresh, onSessionEnd }: SessionOptions) {
  let underway: Promise<Renewal> | undefined

  /** Returns valid tokens. @throws if a refresh was necessary and got no response */
  async function fresh(): Promise<Renewal> {
    const tokens = await store.get()
    if (!tokens || !(underway || shouldRefresh(tokens))) return { tokens }
    try {
      const renewal = await renew(tokens, !isUsable(tokens))
      // Its failure does no harm, since the old token is still valid.
      const isPostponed = renewal.refusal && renewal.refusal.status !== 401 && isUsable(tokens)
      return isPostponed ? { tokens } : renewal
    } catch (error) {
      if (isUsable(tokens)) return { tokens }
      throw error
    }
  }

  /** Replaces tokens that have expired or soon will. @throws if there was no response */
  function renew(stale: SessionTokens, isUrgent = true): Promise<Renewal> {
    underway ??= renewNow(stale, isUrgent).finally(() => {
      underway = undefined
    })
    return underway
  }

  async function renewNow(stale: SessionTokens, isUrgent: boolean): Promise<Renewal> {
    const tokens = await store.get()
    // Another call, tab or process may have refreshed them already.
    if (!tokens?.refresh_token || tokens.access_token !== stale.access_token) return { tokens }
    const response = await refresh(tokens.refresh_token, isUrgent)
    if (!response.ok) {
      if (response.status === 401) await end(tokens, response)
      return { tokens, refusal: response }
    }
    const session = received((await response.json()) as Session)
    // If the user has logged out or in again meanwhile, that result stays.
    if (await isCurrent(tokens)) await store.set(session)
    return { tokens: session }
  }

  const isCurrent = async ({ refresh_token }: SessionTokens) =>
    (await store.get())?.refresh_token === refresh_token

  /** Handles a response which says that the session of these tokens is over. */
  async function end(tokens: SessionTokens, response: Response): Promise<void> {
    if (!(await isCurrent(tokens))) return
    await store.set(undefined)
    onSessionEnd((await response.clone().json()) as Problem)
  }

  return {
    fresh,
    renew,
    end,
    start: async (session: Session) => store.set(received(session)),
    clear: async () => store.set(undefined),
  }
}

function received(session: Session): StoredSession {
  return { ...session, received_at: Date.now() }
}

/** The remaining lifetime of the access token in milliseconds; undefined if unknown. */
function timeLeft({ received_at, expires_in }: SessionTokens): number | undefined {
  if (received_at === undefined || expires_in === undefined) return undefined
  return received_at + expires_in * 1000 - Date.now()
}

function isUsable(tokens: SessionTokens): boolean {
  return tokens.access_token !== undefined && (timeLeft(tokens) ?? 1) > 0
}

/** True in the last tenth of the lifetime, but at most half a minute before its end. */
function shouldRefresh(tokens: SessionTokens): boolean {
  if (!tokens.refresh_token) return false
  if (!tokens.access_token) return true
  const left = timeLeft(tokens)
  return left !== undefined && left < Math.min(30_000, (tokens.expires_in ?? 0) * 100)
}
