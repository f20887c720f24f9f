/** One request and its response. */
export interface Exchange {
  method: string
  /** With the query. */
  path: string
  status: number
  headers: Headers
  body: string | Uint8Array
  requestHeaders?: Headers
}
