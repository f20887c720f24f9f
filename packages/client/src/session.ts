import type { Problem, Session } from './api.generated.ts'
import type { SessionStore, SessionTokens } from './session-store.ts'
import type { StoredSession } from './types.ts'

interface SessionOptions {
  store: SessionStore
  /** Asks the server for a successor; once only, or as patiently as any call. */
  refresh(refreshToken: string, isUrgent: boolean): Promise<Response>
  onSessionEnd: (problem: Problem) => void
}

/** The tokens to go on with, and the server's refusal if it did not give new ones. */
export interface Renewal {
  tokens?: SessionTokens | undefined
  refusal?: Response
}

/** Keeps the session fresh: one refresh at a time, whose outcome all calls share. */
export function createSession({ store, refresh, onSessionEnd }: SessionOptions) {
  let underway: Promise<Renewal> | undefined

  /** Tokens that should work. @throws when a refresh was needed and had no answer */
  async function fresh(): Promise<Renewal> {
    const tokens = await store.get()
    if (!tokens || !(underway || shouldRefresh(tokens))) return { tokens }
    try {
      const renewal = await renew(tokens, !isUsable(tokens))
      // Ahead of time it may fail: the old token is still good.
      const isPostponed = renewal.refusal && renewal.refusal.status !== 401 && isUsable(tokens)
      return isPostponed ? { tokens } : renewal
    } catch (error) {
      if (isUsable(tokens)) return { tokens }
      throw error
    }
  }

  /** Other tokens than these, which are about to expire or have. @throws when there was no answer */
  function renew(stale: SessionTokens, isUrgent = true): Promise<Renewal> {
    underway ??= renewNow(stale, isUrgent).finally(() => {
      underway = undefined
    })
    return underway
  }

  async function renewNow(stale: SessionTokens, isUrgent: boolean): Promise<Renewal> {
    const tokens = await store.get()
    // Another call, tab or process may have been first.
    if (!tokens?.refresh_token || tokens.access_token !== stale.access_token) return { tokens }
    const response = await refresh(tokens.refresh_token, isUrgent)
    if (!response.ok) {
      if (response.status === 401) await end(tokens, response)
      return { tokens, refusal: response }
    }
    const session = received((await response.json()) as Session)
    // Who has logged out or in meanwhile keeps what that gave.
    if (await isCurrent(tokens)) await store.set(session)
    return { tokens: session }
  }

  const isCurrent = async ({ refresh_token }: SessionTokens) =>
    (await store.get())?.refresh_token === refresh_token

  /** This answer says that the session of these tokens is over. */
  async function end(tokens: SessionTokens, answer: Response): Promise<void> {
    if (!(await isCurrent(tokens))) return
    await store.set(undefined)
    onSessionEnd((await answer.clone().json()) as Problem)
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

/** Milliseconds that the access token has left; undefined when that is not known. */
function timeLeft({ received_at, expires_in }: SessionTokens): number | undefined {
  if (received_at === undefined || expires_in === undefined) return undefined
  return received_at + expires_in * 1000 - Date.now()
}

function isUsable(tokens: SessionTokens): boolean {
  return tokens.access_token !== undefined && (timeLeft(tokens) ?? 1) > 0
}

/** In the last tenth of its life, half a minute at most. */
function shouldRefresh(tokens: SessionTokens): boolean {
  if (!tokens.refresh_token) return false
  if (!tokens.access_token) return true
  const left = timeLeft(tokens)
  return left !== undefined && left < Math.min(30_000, (tokens.expires_in ?? 0) * 100)
}
