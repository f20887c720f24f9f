import { type Check, check, type Kit } from '../check.ts'
import type { Json, Persona } from '../exchange.ts'
import { assert, hasHeader, hasStatus, isEmpty, isProblem, refuses, respondsWith, same } from '../expect.ts'
import { newPassword, uniqueName } from '../personas.ts'
import { accountShape, after, profileShape } from '../rules.ts'

/** What users may do with their own account. */
export const ownAccount: readonly Check[] = [
  check(
    'The user’s own account can be read and renamed, and is protected by If-Match',
    'concurrency',
    async (kit) => {
      const ren = await kit.persona('ren')
      const read = respondsWith(await kit.get('/users/me', { as: ren }), 200, accountShape(ren))
      const tag = read.headers.get('etag') ?? ''
      isEmpty(await kit.get('/users/me', { as: ren, headers: { 'if-none-match': tag } }), 304)
      const username = uniqueName('new')
      const change = (json: Json, headers: Record<string, string> = {}) =>
        kit.patch('/users/me', { as: ren, json, headers })
      const empty = respondsWith(await change({}), 200, read.json)
      hasHeader(empty, 'etag', tag)
      const renamed = await change({ username: username.toUpperCase() }, { 'if-match': tag })
      respondsWith(renamed, 200, { ...read.json, username, updated_at: after(read.json.updated_at) })
      assert(renamed.headers.get('etag') !== tag, 'another ETag after a change', tag, renamed)
      isProblem(await change({ username: ren.username }, { 'if-match': tag }), 412, 'precondition.failed')
      respondsWith(await kit.get('/users/me', { as: ren }), 200, renamed.json)
      respondsWith(
        await kit.get(`/users/${ren.id}`, { as: ren }),
        200,
        profileShape({ id: ren.id, username }),
      )
      isProblem(
        await kit.post('/auth/token', { json: { username: ren.username, password: ren.password } }),
        401,
        'auth.bad_credentials',
      )
      hasStatus(await change({ username: ren.username }, { 'if-match': '*' }), 200)
    },
  ),
  check(
    'A new e-mail address works for logging in, and names of other users are refused',
    'Operations',
    async (kit) => {
      const [ren, una] = [await kit.persona('ren'), await kit.persona('una')]
      const change = (json: Json) => kit.patch('/users/me', { as: ren, json })
      isProblem(await change({ username: una.username }), 409, 'users.username_taken')
      isProblem(await change({ email: una.email, current_password: ren.password }), 409, 'users.email_taken')
      const email = `${uniqueName('mail')}@conform.example.com`
      isProblem(await change({ email, current_password: newPassword() }), 403, 'auth.wrong_password')
      const changed = hasStatus(
        await change({ email: email.toUpperCase(), current_password: ren.password }),
        200,
      )
      same('the e-mail address', changed.json.email, email, changed)
      hasStatus(await kit.post('/auth/token', { json: { username: email, password: ren.password } }), 200)
      ren.email = email
    },
  ),
  check(
    'A new password needs the old one, is in force at once and ends all other sessions',
    'Tokens and sessions',
    newPasswordInForce,
  ),
  check(
    'Deleting the account needs the password, and takes posts and sessions along',
    'Operations',
    deletion,
  ),
]

async function newPasswordInForce(kit: Kit): Promise<void> {
  const pia = await kit.persona('pia')
  const { username, password } = pia
  const [mine, other] = [pia.session, (await kit.post('/auth/token', { json: { username, password } })).json]
  const next = newPassword()
  const change = (current_password: string, new_password: string) =>
    kit.put('/users/me/password', { token: mine.access_token, json: { current_password, new_password } })
  isProblem(await change(newPassword(), next), 403, 'auth.wrong_password')
  refuses(await change(password, 'password1'), { location: 'body', at: '/new_password', code: 'too_common' })
  refuses(await change(password, username), {
    location: 'body',
    at: '/new_password',
    code: 'same_as_account',
  })
  hasStatus(await kit.get('/users/me', { token: other.access_token }), 200)
  isEmpty(await change(password, next), 204)
  pia.password = next
  isProblem(await kit.get('/users/me', { token: other.access_token }), 401, 'auth.session_revoked')
  isProblem(
    await kit.post('/auth/refresh', { json: { refresh_token: other.refresh_token } }),
    401,
    'auth.session_revoked',
  )
  hasStatus(await kit.get('/users/me', { token: mine.access_token }), 200)
  isProblem(await kit.post('/auth/token', { json: { username, password } }), 401, 'auth.bad_credentials')
  hasStatus(await kit.post('/auth/token', { json: { username, password: next } }), 200)
}

async function deletion(kit: Kit): Promise<void> {
  const [del, una] = [await kit.persona('del'), await kit.persona('una')]
  const { username, password, id } = del
  const other = (await kit.post('/auth/token', { json: { username, password } })).json
  const post = hasStatus(
    await kit.post('/posts', { as: del, json: { title: 'Going', body: 'Gone soon.' } }),
    201,
  ).json
  const unas = hasStatus(
    await kit.post('/posts', { as: una, json: { title: 'Staying', body: 'Stays.' } }),
    201,
  ).json
  hasStatus(await kit.post(`/posts/${unas.id}/comments`, { as: del, json: { body: 'Bye' } }), 201)
  const token = await del.freshToken(kit.request)
  const remove = (json: Json) => kit.delete('/users/me', { token, json })
  isProblem(await remove({ password: newPassword() }), 403, 'auth.wrong_password')
  isEmpty(await remove({ password }), 204)
  kit.personas.forget(del)
  await isGone(kit, { del, una, tokens: [token, other.access_token], post, unas })
  isProblem(
    await kit.post('/auth/refresh', { json: { refresh_token: other.refresh_token } }),
    401,
    'auth.session_revoked',
  )
  isProblem(await kit.post('/auth/token', { json: { username, password } }), 401, 'auth.bad_credentials')
  isProblem(await kit.get(`/users/${id}`, { as: una }), 404, 'users.not_found')
}

async function isGone(
  kit: Kit,
  { del, una, tokens, post, unas }: { del: Persona; una: Persona; tokens: string[]; post: Json; unas: Json },
): Promise<void> {
  for (const token of tokens) isProblem(await kit.get('/users/me', { token }), 401, 'auth.session_revoked')
  isProblem(await kit.get(`/posts/${post.id}`, { as: una }), 404, 'posts.not_found')
  respondsWith(await kit.get(`/posts?author=${del.id}`), 200, { items: [], next_cursor: null })
  respondsWith(await kit.get(`/posts/${unas.id}/comments`, { as: una }), 200, {
    items: [],
    next_cursor: null,
  })
  same('comment_count', (await kit.get(`/posts/${unas.id}`, { as: una })).json?.comment_count, 0)
}
