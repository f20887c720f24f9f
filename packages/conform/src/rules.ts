import type { Json, Persona, ReceivedResponse } from './exchange.ts'
import type { Rule, Shape } from './shapes.ts'

// The shapes of responses, written from the contract and not from the document.

const rule = (text: string, test: (value: any) => boolean): Rule => ({ rule: text, test })

/** Times are RFC 3339 in UTC with milliseconds. */
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

export const aTime = rule('a time in UTC with milliseconds', isTime)
export const aText = rule('a text', (value) => typeof value === 'string' && value !== '')
export const aTextOrNull = rule('a text or null', (value) => value === null || typeof value === 'string')
const aPostId = rule(
  'a positive whole number below 2^53',
  (value) => Number.isSafeInteger(value) && value > 0,
)
const seconds = rule('a positive whole number of seconds', (value) => Number.isInteger(value) && value > 0)
export const aUuid7 = rule('a UUIDv7 in lower case', (value) =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(value),
)
const aToken = rule('a JSON Web Token', (value) => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(value))
const aRefreshToken = rule('a refresh token, id.secret', (value) => /^[0-9a-f-]{36}\.[\w-]{43,}$/.test(value))

function isTime(value: unknown): boolean {
  return typeof value === 'string' && timePattern.test(value) && !Number.isNaN(Date.parse(value))
}

/** Milliseconds by which the server's time may differ from that of the request. */
const tolerance = 10_000

/** The time of the request, by the server's clock (the header Date). */
export function timeOf({ headers, sentAt, arrivedAt }: ReceivedResponse): Rule {
  const date = Date.parse(headers.get('date') ?? '')
  const [from, to] = Number.isNaN(date) ? [sentAt, arrivedAt] : [date, date + 1000]
  return rule('the time of the request', (value) => {
    const time = Date.parse(value)
    return isTime(value) && time >= from - tolerance && time <= to + tolerance
  })
}

/** A time that is not before another one. */
export function notBefore(other: string): Rule {
  return rule(
    `a time not before ${other}`,
    (value) => isTime(value) && Date.parse(value) >= Date.parse(other),
  )
}

/** A time after another one. */
export function after(other: string): Rule {
  return rule(`a time after ${other}`, (value) => isTime(value) && Date.parse(value) > Date.parse(other))
}

/** The caller's own account, which registration and log-in return too. */
export function accountShape({ id, username, email }: Pick<Persona, 'id' | 'username' | 'email'>): {
  [key: string]: Shape
} {
  return { id, username, name: null, email, role: 'user', created_at: aTime, updated_at: aTime }
}

/** A profile as every user sees it. */
export function profileShape({ id, username }: Pick<Persona, 'id' | 'username'>): { [key: string]: Shape } {
  return { id, username, name: null, role: 'user', created_at: aTime }
}

/** The response that opens a session. */
export function sessionShape(user: Shape): { [key: string]: Shape } {
  return {
    access_token: aToken,
    token_type: 'Bearer',
    expires_in: seconds,
    refresh_token: aRefreshToken,
    refresh_expires_in: seconds,
    user,
  }
}

export const authorShape = ({ id, username }: Pick<Persona, 'id' | 'username'>) => ({
  id,
  username,
  name: null,
})

/** A post that was just written. */
export function newPostShape(
  author: Persona,
  post: Json,
  response: ReceivedResponse,
): { [key: string]: Shape } {
  const { title, body, tags = [], status = 'published' } = post
  const now = timeOf(response)
  return {
    id: aPostId,
    title,
    body,
    tags,
    status,
    author: authorShape(author),
    comment_count: 0,
    created_at: now,
    updated_at: response.json?.created_at,
    published_at: status === 'draft' ? null : response.json?.created_at,
  }
}

/** A post in a list, derived from the whole post. */
export function summaryShape(post: Json, excerpt: Shape): { [key: string]: Shape } {
  const { body: _, ...rest } = post
  return { ...rest, excerpt }
}

export const commentShape = (author: Persona, postId: number, body: string) => ({
  id: aPostId,
  post_id: postId,
  body,
  author: authorShape(author),
  created_at: aTime,
  updated_at: aTime,
})
