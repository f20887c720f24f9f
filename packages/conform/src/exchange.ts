/** JSON of an answer: of any shape until a check has looked at it. */
export type Json = any

/** Somebody with an account on the server. */
export interface Person {
  /** What the report calls them. */
  name: string
  id: string
  username: string
  email: string
  password: string
  /** What opened their first session. */
  session: Json
  /** An access token that does not expire right now. */
  freshToken(send: Send): Promise<string>
}

/** One request that was made and what came back. */
export interface Answer {
  method: string
  /** With the query. */
  path: string
  requestHeaders: Headers
  requestBody: string | undefined
  /** Whose token it carried. */
  as: Person | undefined
  status: number
  headers: Headers
  bytes: Uint8Array
  text: string
  /** The parsed body; undefined when there is none or it is not JSON. */
  json: Json
  /** By the clock of this machine, in milliseconds. */
  sentAt: number
  arrivedAt: number
}

export interface RequestOptions {
  method?: string
  headers?: Record<string, string>
  /** Sends this person's access token as `Authorization: Bearer …`. */
  as?: Person | undefined
  /** Sends this access token in the same way. */
  token?: string | undefined
  /** Sent as JSON, with the Content-Type for it. */
  json?: unknown
  /** Sent as it is, with no Content-Type of its own. */
  rawBody?: string | Uint8Array
}

export type Send = (path: string, options?: RequestOptions) => Promise<Answer>

/** Media type without parameters, in lower case. */
export function mediaTypeOf(headers: Headers): string | undefined {
  return headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
}

/** The items of a page; none when the answer is no page, so that a check can go on to say so. */
export function itemsOf(answer: Answer): Json[] {
  return Array.isArray(answer.json?.items) ? answer.json.items : []
}

/** The address in a Link header with rel="next". */
export function nextLinkOf({ headers }: Answer): string | undefined {
  return /<([^>]*)>\s*;\s*rel="next"/.exec(headers.get('link') ?? '')?.[1]
}
