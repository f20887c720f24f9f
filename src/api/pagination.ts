import { timingSafeEqual } from 'node:crypto'
import { z } from '@hono/zod-openapi'
import { type ApiError, invalidValue } from '../errors/api-error.ts'
import { fromBase64Url, toBase64Url } from '../http/base64url.ts'
import { wholeNumber } from '../http/parameters.ts'
import type { AppContext } from './context.ts'

const cursorPattern = '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$'

/** The query parameters of every list. */
export const pageParameters = {
  limit: wholeNumber(1, 100).default(20).openapi({
    type: 'integer',
    format: 'int32',
    minimum: 1,
    maximum: 100,
    default: 20,
    description: 'Most items in the answer.',
    example: 20,
  }),
  cursor: z.string().max(512).optional().openapi({
    minLength: 3,
    pattern: cursorPattern,
    description: 'Where to go on: `next_cursor` of the answer before, with the same filters and order.',
  }),
}

/** The schema of a page: `items` and `next_cursor`. `name` is its name in the document. */
export function pageOf<T extends z.ZodType>(item: T, name: string) {
  return z
    .strictObject({
      items: z.array(item).openapi({ description: 'What is on the page.', minItems: 0, maxItems: 100 }),
      next_cursor: z.string().nullable().openapi({
        minLength: 3,
        maxLength: 512,
        pattern: cursorPattern,
        description: 'Send it as `cursor` for the next page; null on the last.',
        example: null,
      }),
    })
    .openapi(name, { description: 'One page of a list.' })
}

/** Where a cursor is valid: one list with one set of filters. Anywhere else it is refused. */
interface CursorScope {
  list: string
  filters: unknown
}

/**
 * Encodes a position as an opaque cursor: base64url of the position (JSON) and its HMAC-SHA-256, which covers the
 * scope.
 */
export function encodeCursor(c: AppContext, position: unknown, scope: CursorScope): string {
  const payload = encoder.encode(JSON.stringify(position))
  const [mac] = c.get('deps').keys.cursors
  return `${toBase64Url(payload)}.${toBase64Url(mac(signedBytes(payload, scope)))}`
}

/** Decodes the position in a cursor. @throws ApiError 422 if it was altered, or made for another list or filter */
export function decodeCursor<T extends z.ZodType>(
  c: AppContext,
  cursor: string | undefined,
  scope: CursorScope,
  position: T,
): z.output<T> | undefined {
  if (cursor === undefined) return undefined
  const [payload, signature, ...rest] = cursor.split('.').map(fromBase64Url)
  if (!payload || !signature || rest.length > 0) throw refusedCursor()
  const signed = signedBytes(payload, scope)
  const isGenuine = c.get('deps').keys.cursors.some((mac) => isSame(mac(signed), signature))
  if (!isGenuine) throw refusedCursor()
  return position.parse(JSON.parse(new TextDecoder().decode(payload)))
}

function refusedCursor(): ApiError {
  return invalidValue({
    location: 'query',
    name: 'cursor',
    code: 'invalid_cursor',
    message: 'Is not a cursor of this list with these filters. Start again without a cursor.',
  })
}

interface Page<Row, Item> {
  /** At most `limit` + 1 rows: an additional row means that there is a next page. */
  rows: readonly Row[]
  limit: number
  scope: CursorScope
  /** The position to encode in the next cursor, from the last row of this page. */
  position: (row: Row) => unknown
  item: (row: Row) => Item
}

/** Builds the body of a page and its Link header. */
export function toPage<Row, Item>(c: AppContext, { rows, limit, scope, position, item }: Page<Row, Item>) {
  const onPage = rows.slice(0, limit)
  const last = rows.length > limit ? onPage.at(-1) : undefined
  const next = last === undefined ? null : encodeCursor(c, position(last), scope)
  return { page: { items: onPage.map(item), next_cursor: next }, headers: nextLink(c, next) }
}

/** The Link header to the next page (RFC 8288): the URL of this request with another cursor. */
function nextLink(c: AppContext, cursor: string | null): Record<string, string> {
  if (cursor === null) return {}
  const { url } = c.req
  const [address = ''] = url.slice(url.indexOf('/', url.indexOf('//') + 2)).split('#', 1)
  const [path = ''] = address.split('?', 1)
  const parameters = new URLSearchParams(address.slice(path.length))
  parameters.set('cursor', cursor)
  const target = `${path}?${parameters}`
  const { PUBLIC_URL } = c.get('deps').config
  const { Link: others } = c.get('headers')
  return {
    Link: `${others ? `${others}, ` : ''}<${PUBLIC_URL ? new URL(target, PUBLIC_URL).href : target}>; rel="next"`,
  }
}

const encoder = new TextEncoder()

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}

function signedBytes(payload: Uint8Array, { list, filters }: CursorScope): Uint8Array<ArrayBuffer> {
  const scope = encoder.encode(JSON.stringify([list, filters]))
  const bytes = new Uint8Array(payload.length + scope.length + 1)
  bytes.set(payload)
  bytes.set(scope, payload.length + 1)
  return bytes
}
