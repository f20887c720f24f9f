import type { HttpContext } from './context.ts'

/** The media type of responses with fewer fields: fields that the schema requires may be missing. */
export const sparseType = 'application/vnd.gatepost.sparse+json'

/** Whether the request asks for fewer fields. */
export function selectsFields({ req }: Pick<HttpContext, 'req'>): boolean {
  return req.header('X-Fields') !== undefined || req.query('fields') !== undefined
}
