import type { Context, TypedResponse } from 'hono'
import type { z } from 'zod'
import { type DocumentedHeader, headerReferences } from '../http/headers.ts'

/** The JSON body of a request, in a route's contract. Required unless `required: false`. */
export function body<T extends z.ZodType>(schema: T, { required = true } = {}) {
  return { required, content: { 'application/json': { schema } } }
}

/** A 200 or 201 with a JSON body, in a route's contract. */
export function jsonResponse<T extends z.ZodType>(
  schema: T,
  description: string,
  ...headers: DocumentedHeader[]
) {
  return { description, headers: headerReferences(...headers), content: { 'application/json': { schema } } }
}

/** A 204 or 304, which have no body, in a route's contract. */
export function noBody(description: string, ...headers: DocumentedHeader[]): NoBody {
  // If any response has no content, zod-openapi no longer checks the handler's type. So the type declares a content.
  return { description, headers: headerReferences(...headers) } as unknown as NoBody
}

interface NoBody {
  description: string
  content: { 'text/plain': { schema: z.ZodNull } }
}

/** Returns a 204 or 304. The type is the one that `noBody` declares. */
export function empty<Status extends 204 | 304>(
  c: Context,
  status: Status,
  headers: Record<string, string> = {},
): TypedResponse<null, Status, 'text'> {
  return c.body(null, status, headers) as unknown as TypedResponse<null, Status, 'text'> // see `noBody`
}

/**
 * A faster `c.json` for the busiest operations: it passes all headers in one plain object, which @hono/node-server
 * hands to Node without a copy. Headers set by `c.header()` and cookies are not included.
 */
export function fastJson<T, Status extends 200 | 201>(
  c: Context,
  body: T,
  status: Status,
  headers: Record<string, string> = {},
): TypedResponse<T, Status, 'json'> {
  return fastText(c, jsonText(body), status, headers)
}

/** A body that is already serialized. */
export interface JsonText<T> {
  text: string
  /** Exists only for the type. */
  of?: T
}

export function jsonText<T>(body: T): JsonText<T> {
  return { text: JSON.stringify(body) }
}

/** Like `fastJson`, for a body that is already serialized. */
export function fastText<T, Status extends 200 | 201>(
  c: Context,
  { text }: JsonText<T>,
  status: Status,
  headers: Record<string, string> = {},
): TypedResponse<T, Status, 'json'> {
  const all = { 'Content-Type': 'application/json', ...c.get('headers'), ...headers }
  const response = new Response(text, { status, headers: all })
  c.set('complete', response)
  return response as unknown as TypedResponse<T, Status, 'json'> // the same cast that `c.json` makes
}
