import { type Json, mediaTypeOf, nextLinkOf, type ReceivedResponse } from './exchange.ts'
import { aText } from './rules.ts'
import { differences, type Shape } from './shapes.ts'

const problemType = 'application/problem+json'

export const securityHeaders: readonly [string, RegExp][] = [
  ['X-Content-Type-Options', /^nosniff$/],
  ['Content-Security-Policy', /^default-src 'none'(?!.*unsafe)/],
  ['Referrer-Policy', /^(no-referrer|same-origin)$/],
  ['Cross-Origin-Resource-Policy', /^same-origin$/],
  ['Cache-Control', /./],
]

export function problemFaults(response: ReceivedResponse): string[] {
  const { json, headers, status, path } = response
  const type = mediaTypeOf(headers)
  if (type !== problemType) return [`the media type of the ${status} is ${type ?? '(none)'}`]
  const { pathname } = new URL(`http://localhost${path}`)
  const shape: Shape = {
    type: /\/problems\/[a-z_.]+$/,
    title: aText,
    status,
    detail: aText,
    instance: { rule: `the path ${pathname}`, test: (value: unknown) => isSamePath(value, pathname) },
    code: /^[a-z][a-z0-9_]*\.[a-z0-9_]+$/,
    request_id: headers.get('x-request-id') ?? '',
    ...(status === 422 && { errors: { rule: 'a list of what is wrong', test: areErrors } }),
  }
  const isOther = typeof json?.type === 'string' && !json.type.endsWith(`/problems/${json.code}`)
  return [
    ...differences(json, shape).map(({ expected, actual }) => `expected ${expected}, got ${actual}`),
    ...(isOther ? [`its type ${json.type} is not that of its code ${json.code}`] : []),
  ]
}

function isSamePath(value: unknown, pathname: string): boolean {
  const plain = (text: string) =>
    text
      .replace(/%2f/gi, '/')
      .replace(/\/+/g, '/')
      .replace(/%[0-9a-f]{2}/gi, '?')
      .replace(/[^\w/?]/g, '?')
      .replace(/\?+/g, '?')
  return typeof value === 'string' && plain(value) === plain(pathname)
}

function areErrors(value: unknown): boolean {
  const isRight = (error: Json) => {
    const place = error.location === 'body' ? 'pointer' : 'name'
    const shape = { location: /^(body|query|path|header|cookie)$/, [place]: /^/, code: aText, message: aText }
    return differences(error, shape).length === 0
  }
  return Array.isArray(value) && value.length > 0 && value.every(isRight)
}

export function pageFaults(response: ReceivedResponse): string[] {
  const { json, path } = response
  const { searchParams } = new URL(`http://localhost${path}`)
  const link = nextLinkOf(response)
  const keys = Object.keys(json).sort().join()
  const limit = Number(searchParams.get('limit') ?? 20)
  const ids = json.items
    .map((item: Json) => item?.id ?? item?.number)
    .filter((id: unknown) => id !== undefined)
  const linked = link && new URL(link, 'http://localhost').searchParams.get('cursor')
  return [
    ...(keys === 'items,next_cursor' ? [] : [`the page has the fields ${keys}`]),
    ...(json.items.length <= limit ? [] : [`the page has ${json.items.length} items, more than ${limit}`]),
    ...(new Set(ids).size === ids.length ? [] : ['the page has an item twice']),
    ...((linked ?? null) === json.next_cursor
      ? []
      : [`next_cursor is ${json.next_cursor}, but Link leads to ${linked}`]),
  ]
}

/** All fields at any depth, with their values. */
export function fieldsOf(json: Json): [string, unknown][] {
  if (Array.isArray(json)) return json.flatMap(fieldsOf)
  if (typeof json !== 'object' || json === null) return []
  return Object.entries(json).flatMap(([key, value]): [string, unknown][] => [
    [key, value],
    ...fieldsOf(value),
  ])
}
