import { html } from 'hono/html'
import type { Html } from './shell.ts'

/** A user: the display name, if there is one, and the unique username. */
export function person({ name, username }: { name: string | null; username: string }): Html {
  // Each in a <bdi>, so that a right-to-left name does not reorder the text beside it.
  return name === null ? html`<bdi>${username}</bdi>` : html`<bdi>${name}</bdi> (<bdi>${username}</bdi>)`
}
