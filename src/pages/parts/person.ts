import { html } from 'hono/html'
import type { Html } from './shell.ts'

/** Somebody: the name that they chose, where they did, and the username, which nobody else has. */
export function person({ name, username }: { name: string | null; username: string }): Html {
  // Each by itself: a name from right to left must not turn round what stands beside it.
  return name === null ? html`<bdi>${username}</bdi>` : html`<bdi>${name}</bdi> (<bdi>${username}</bdi>)`
}
