import type { Problem } from './api.generated.ts'
import type { Fetch } from './retry.ts'
import type { SessionStore } from './session-store.ts'

export interface ClientOptions {
  /** The address of the API, such as `https://api.example.com`. In a browser, '' means the server of the page. */
  baseUrl: string
  /**
   * An API token (`gp_…`). The client sends it with every guarded call, and has no session. Do not use it in pages that
   * others load.
   */
  token?: string
  /** Sends one request: `globalThis.fetch`, or an app's own `fetch` to call it without a network. */
  fetch?: Fetch
  /** Sent with every request. If they contain credentials (Authorization, Cookie), the session is not used. */
  headers?: Record<string, string>
  /** Where the session is kept. Default: in memory. */
  session?: SessionStore
  /** Called once when a session is over and cannot be refreshed, for example to show the log-in page. */
  onSessionEnd?: (problem: Problem) => void
  /** The maximum number of times that a request is sent. Default: 4. */
  attempts?: number
  /** The maximum duration of a call in milliseconds, including retries and refreshes. Default: 30,000. */
  timeout?: number
  /** Whether browsers send and accept cookies. Default: `omit`, since the tokens are in headers. */
  credentials?: NonNullable<RequestInit['credentials']>
}
