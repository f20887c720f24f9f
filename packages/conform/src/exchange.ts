/** JSON of a response, of any shape until a check has asserted one. */
export type Json = any

/** A user of the checks, with an account on the server. */
export interface Persona {
  /** The name in the report. */
  name: string
  id: string
  username: string
  email: string
  password: string
  /** The response that opened the first session. */
  session: Json
  /** An access token that will not expire within this request. */
  freshToken(send: Send): Promise<string>
}

/** One request and its response. */
export interface ReceivedResponse {
  method: string
  /** With the query. */
  path: string
  requestHeaders: Headers
  requestBody: string | undefined
  /** The persona whose token it carried. */
  as: Persona | undefined
  status: number
  headers: Headers
  bytes: Uint8Array
  text: string
  /** The parsed body; undefined if there is none, or if it is not JSON. */
  json: Json
  /** Milliseconds since 1970, by the clock of this machine. */
  sentAt: number
  arrivedAt: number
}

export interface RequestOptions {
  method?: string
  headers?: Record<string, string>
  /** Sends this persona's access token as `Authorization: Bearer …`. */
  as?: Persona | undefined
  /** Sends this access token in the same way. */
  token?: string | undefined
  /** Sent as JSON, with its Content-Type. */
  json?: unknown
  /** Sent unchanged, without a Content-Type. */
  rawBody?: string | Uint8Array
}

export type Send = (path: string, options?: RequestOptions) => Promise<ReceivedResponse>

/** Media type without parameters, in lower case. */
export function mediaTypeOf(headers: Headers): string | undefined {
  return headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
}

/** The items of a page; an empty list if the response is not a page, so that the check can report that. */
export function itemsOf(response: ReceivedResponse): Json[] {
  return Array.isArray(response.json?.items) ? response.json.items : []
}

/** The address in a Link header with rel="next". */
export function nextLinkOf({ headers }: ReceivedResponse): string | undefined {
  return /<([^>]*)>\s*;\s*rel="next"/.exec(headers.get('link') ?? '')?.[1]
}
