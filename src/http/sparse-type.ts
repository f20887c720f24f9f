import type { HttpContext } from './context.ts'

/** Media type of answers with fewer fields than the schema has: what is required there may be missing. */
export const sparseType = 'application/vnd.gatepost.sparse+json'

/** Whether the request asks for fewer fields. */
export function asksForFields({ req }: Pick<HttpContext, 'req'>): boolean {
  return req.header('X-Fields') !== undefined || req.query('fields') !== undefined
}
