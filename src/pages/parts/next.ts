import type { LostSession } from './web-env.ts'

/** Why somebody is asked to log in: their session is lost, or they never had one. */
export type Reason = LostSession | 'needed'

/** Where to go afterwards: an address of these pages, whatever was sent. `//evil.example` is none. */
export function nextOf(text: string | null | undefined): string {
  return text && /^\/(?:app(?:[/?][\w\-./~%?&=+:]*)?|problems(?:\/[\w.]+)?)?$/.test(text) ? text : '/app'
}

/** The log-in page that leads back to this address. */
export function logInPath(next: string, why?: Reason): string {
  return `/app/log-in?next=${encodeURIComponent(next)}${why ? `&why=${why}` : ''}`
}
