import type { LostSession } from './web-env.ts'

/** Why the visitor must log in: the session is lost, or there was none. */
export type Reason = LostSession | 'needed'

/** The page to open after the log-in. Only paths below /app are accepted; `//evil.example` would be another site. */
export function nextOf(text: string | null | undefined): string {
  return text && /^\/(?:app(?:[/?][\w\-./~%?&=+:]*)?|problems(?:\/[\w.]+)?)?$/.test(text) ? text : '/app'
}

/** The log-in page that leads back to this address. */
export function logInPath(next: string, why?: Reason): string {
  return `/app/log-in?next=${encodeURIComponent(next)}${why ? `&why=${why}` : ''}`
}
