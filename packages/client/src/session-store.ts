import type { StoredSession } from './types.ts'

/**
 * Where the client keeps its session. `get` may know less than `set` was told: with an access token alone nothing
 * is refreshed, with a refresh token alone the first call begins with a refresh, and without `received_at` the
 * client refreshes only when the server says that the access token has expired.
 */
export interface SessionStore {
  get(): SessionTokens | undefined | Promise<SessionTokens | undefined>
  /** Undefined: there is no session any more. */
  set(session: StoredSession | undefined): void | Promise<void>
}

export type SessionTokens = Partial<StoredSession>

/** Keeps the session in memory, as long as the page or process lives. */
export function inMemory(session?: SessionTokens): SessionStore {
  let kept = session
  return {
    get: () => kept,
    set: (next) => {
      kept = next
    },
  }
}

/** Keeps the session in `localStorage` or `sessionStorage`; tabs share the former. */
export function inStorage(
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
  key = 'gatepost.session',
): SessionStore {
  return {
    get: () => JSON.parse(storage.getItem(key) ?? 'null') ?? undefined,
    set: (session) => (session ? storage.setItem(key, JSON.stringify(session)) : storage.removeItem(key)),
  }
}
