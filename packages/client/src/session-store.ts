import type { StoredSession } from './types.ts'

/**
 * Where the client stores its session. `get` may return less than `set` received. With only an access token, there is
 * no refresh. With only a refresh token, the first call begins with a refresh. Without `received_at`, the client
 * refreshes only when the server reports an expired access token.
 */
export interface SessionStore {
  get(): SessionTokens | undefined | Promise<SessionTokens | undefined>
  /** Undefined: the session is over. */
  set(session: StoredSession | undefined): void | Promise<void>
}

export type SessionTokens = Partial<StoredSession>

/** Stores the session in memory, for the lifetime of the page or process. */
export function inMemory(session?: SessionTokens): SessionStore {
  let kept = session
  return {
    get: () => kept,
    set: (next) => {
      kept = next
    },
  }
}

/** Stores the session in `localStorage`, which tabs share, or in `sessionStorage`. */
export function inStorage(
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
  key = 'gatepost.session',
): SessionStore {
  return {
    get: () => JSON.parse(storage.getItem(key) ?? 'null') ?? undefined,
    set: (session) => (session ? storage.setItem(key, JSON.stringify(session)) : storage.removeItem(key)),
  }
}
