import type { Context, TypedResponse } from 'hono'
import type { z } from 'zod'
import { type DocumentedHeader, headerReferences } from '../http/headers.ts'

/** A JSON body in a route's contract: strict, required unless said otherwise. */
export function body<T extends z.ZodType>(schema: T, { required = true } = {}) {
  return { required, content: { 'application/json': { schema } } }
}

/** 200 or 201 with a JSON body, in a route's contract. */
export function answer<T extends z.ZodType>(schema: T, description: string, ...headers: DocumentedHeader[]) {
  return { description, headers: headerReferences(...headers), content: { 'application/json': { schema } } }
}

/** Answers without a body: 204 and 304, in a route's contract. */
export function noBody(description: string, ...headers: DocumentedHeader[]): NoBody {
  // zod-openapi stops checking a route's handler once one of its answers has no content, so the type has some.
  return { description, headers: headerReferences(...headers) } as unknown as NoBody
}

interface NoBody {
  description: string
  content: { 'text/plain': { schema: z.ZodNull } }
}

/** Answers 204 or 304 without a body, in the type that `noBody` promises. */
export function empty<Status extends 204 | 304>(
  c: Context,
  status: Status,
  headers: Record<string, string> = {},
): TypedResponse<null, Status, 'text'> {
  return c.body(null, status, headers) as unknown as TypedResponse<null, Status, 'text'> // see noBody
}

/**
 * What `c.json` does, for the operations that are asked for most: with all headers in one plain object, which
 * @hono/node-server hands to Node as it is. Headers of `c.header` and cookies are not in it.
 */
export function quickJson<T, Status extends 200 | 201>(
  c: Context,
  body: T,
  status: Status,
  headers: Record<string, string> = {},
): TypedResponse<T, Status, 'json'> {
  return quickText(c, jsonText(body), status, headers)
}

/** A body that is text already. */
export interface JsonText<T> {
  text: string
  /** Only in the type. */
  of?: T
}

export function jsonText<T>(body: T): JsonText<T> {
  return { text: JSON.stringify(body) }
}

/** As `quickJson`, with a body that has been made before. */
export function quickText<T, Status extends 200 | 201>(
  c: Context,
  { text }: JsonText<T>,
  status: Status,
  headers: Record<string, string> = {},
): TypedResponse<T, Status, 'json'> {
  const all = { 'Content-Type': 'application/json', ...c.get('headers'), ...headers }
  const response = new Response(text, { status, headers: all })
  c.set('complete', response)
  return response as unknown as TypedResponse<T, Status, 'json'> // as Hono types its own
}
