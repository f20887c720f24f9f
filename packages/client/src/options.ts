import type { Problem } from './api.generated.ts'
import type { Fetch } from './retry.ts'
import type { SessionStore } from './session-store.ts'

export interface ClientOptions {
  /** Where the API is, such as `https://api.example.com`. In a browser '' is the page's own server. */
  baseUrl: string
  /**
   * An API token (`gp_…`): every guarded call is made with it, and there is no session to keep or refresh. Keep it out of
   * pages that others load.
   */
  token?: string
  /** Sends one request: `globalThis.fetch`, or an app's own `fetch` to call it without a network. */
  fetch?: Fetch
  /** Sent with every request. With credentials among them (Authorization, Cookie) the session is left alone. */
  headers?: Record<string, string>
  /** Where the session is kept. Default: in memory. */
  session?: SessionStore
  /** Called once when a session is over and cannot be refreshed: time to show the log-in page. */
  onSessionEnd?: (problem: Problem) => void
  /** How often a request is sent at most. Default: 4. */
  attempts?: number
  /** Milliseconds that a call may take, retries and refresh included. Default: 30,000. */
  timeout?: number
  /** Whether browsers send and take cookies. Default: `omit`, since the tokens are in headers. */
  credentials?: NonNullable<RequestInit['credentials']>
}
