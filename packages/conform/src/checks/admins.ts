import { check, type Group, type Kit } from '../check.ts'
import { itemsOf, type Json } from '../exchange.ts'
import { assert, hasHeader, hasStatus, isEmpty, isProblem, matches, respondsWith, same } from '../expect.ts'
import { aTextOrNull, aTime, aUuid7, profileShape } from '../rules.ts'
import { decodeToken } from '../tokens.ts'
import { writeComment, writePost } from './writing.ts'

const logIn = (kit: Kit, { username, password }: { username: string; password: string }) =>
  kit.post('/auth/token', { json: { username, password } })

export const admins: Group = {
  name: 'admins',
  about: 'what admins may do (needs --admin)',
  checks: [
    check('Admins see e-mail addresses and whether accounts are disabled', 'Operations', async (kit) => {
      const [admin, tom] = [await kit.admin(), await kit.persona('tom')]
      const seen = { ...profileShape(tom), email: tom.email, disabled: false }
      const profile = await kit.get(`/users/${tom.id}`, { as: admin })
      respondsWith(profile, 200, seen)
      const own = await kit.get(`/users/${tom.id}`, { as: tom })
      assert(
        own.headers.get('etag') !== profile.headers.get('etag'),
        'another ETag for another view',
        own.headers.get('etag'),
        own,
      )
      respondsWith(await kit.get(`/users?q=${tom.username}`, { as: admin }), 200, {
        items: [profile.json],
        next_cursor: null,
      })
      respondsWith(
        await kit.get(`/users?q=${encodeURIComponent(tom.email.slice(0, 32))}`, { as: admin }),
        200,
        {
          items: [profile.json],
          next_cursor: null,
        },
      )
    }),
    check(
      'An admin changes a role: the sessions end, and the next log-in has the new one',
      'Operations',
      async (kit) => {
        const [admin, rob] = [await kit.admin(), await kit.persona('rob')]
        const promoted = await kit.patch(`/users/${rob.id}`, { as: admin, json: { role: 'admin' } })
        respondsWith(promoted, 200, {
          ...profileShape(rob),
          role: 'admin',
          email: rob.email,
          disabled: false,
        })
        isProblem(
          await kit.get('/users/me', { token: rob.session.access_token }),
          401,
          'auth.session_revoked',
        )
        const { json } = hasStatus(await logIn(kit, rob), 200)
        same(
          'the role in the token and the account',
          [decodeToken(json.access_token)?.claims.role, json.user.role],
          ['admin', 'admin'],
        )
        hasStatus(await kit.get('/audit-events?limit=1', { token: json.access_token }), 200)
        hasStatus(await kit.patch(`/users/${rob.id}`, { as: admin, json: { role: 'user' } }), 200)
        isProblem(await kit.get('/audit-events', { token: json.access_token }), 401, 'auth.session_revoked')
        const again = hasStatus(await logIn(kit, rob), 200).json
        isProblem(await kit.get('/audit-events', { token: again.access_token }), 403, 'auth.forbidden')
      },
    ),
    check(
      'A disabled account cannot log in, refresh or make requests, and can be enabled again',
      'Operations',
      async (kit) => {
        const [admin, dis] = [await kit.admin(), await kit.persona('dis')]
        const change = (disabled: boolean, headers: Record<string, string> = {}) =>
          kit.patch(`/users/${dis.id}`, { as: admin, json: { disabled }, headers })
        const tag = (await kit.get(`/users/${dis.id}`, { as: admin })).headers.get('etag') ?? ''
        isProblem(await change(true, { 'if-match': '"999.1"' }), 412, 'precondition.failed')
        const disabled = await change(true, { 'if-match': tag })
        respondsWith(disabled, 200, { ...profileShape(dis), email: dis.email, disabled: true })
        isProblem(await change(false, { 'if-match': tag }), 412, 'precondition.failed')
        isProblem(
          await kit.get('/users/me', { token: dis.session.access_token }),
          401,
          'auth.session_revoked',
        )
        isProblem(
          await kit.post('/auth/refresh', { json: { refresh_token: dis.session.refresh_token } }),
          401,
          'auth.session_revoked',
        )
        isProblem(await logIn(kit, dis), 401, 'auth.bad_credentials')
        const listed = async (value: boolean) =>
          itemsOf(await kit.get(`/users?disabled=${value}&q=${dis.username}`, { as: admin })).map(
            ({ id }) => id,
          )
        same('the disabled and the others', [await listed(true), await listed(false)], [[dis.id], []])
        hasStatus(await change(false), 200)
        hasStatus(await logIn(kit, dis), 200)
      },
    ),
    check(
      'A change of an account by an admin to the same values ends no session',
      'Operations',
      async (kit) => {
        const [admin, tom] = [await kit.admin(), await kit.persona('tom')]
        const before = hasStatus(await kit.get(`/users/${tom.id}`, { as: admin }), 200)
        for (const json of [{}, { role: 'user' }, { disabled: false }]) {
          hasHeader(
            respondsWith(await kit.patch(`/users/${tom.id}`, { as: admin, json }), 200, before.json),
            'etag',
            before.headers.get('etag') ?? '',
          )
        }
        hasStatus(await kit.get('/users/me', { token: await tom.freshToken(kit.request) }), 200)
      },
    ),
    check('An admin logs a user out everywhere', 'Operations', async (kit) => {
      const [admin, out] = [await kit.admin(), await kit.persona('out')]
      const second = hasStatus(await logIn(kit, out), 200).json
      isEmpty(await kit.delete(`/users/${out.id}/sessions`, { as: admin }), 204)
      for (const { access_token, refresh_token } of [out.session, second]) {
        isProblem(await kit.get('/users/me', { token: access_token }), 401, 'auth.session_revoked')
        isProblem(await kit.post('/auth/refresh', { json: { refresh_token } }), 401, 'auth.session_revoked')
      }
      hasStatus(await kit.get('/users/me', { as: admin }), 200)
      hasStatus(await logIn(kit, out), 200)
    }),
    check(
      'Admins see drafts, and can change and delete posts and comments of others, which keep their authors',
      'Operations',
      async (kit) => {
        const [admin, tom] = [await kit.admin(), await kit.persona('tom')]
        const draft = await writePost(kit, tom, { status: 'draft' })
        const path = `/posts/${draft.id}`
        respondsWith(await kit.get(path, { as: admin }), 200, draft)
        const changed = hasStatus(await kit.patch(path, { as: admin, json: { title: 'Moderated' } }), 200)
        same(
          'title and author',
          [changed.json.title, changed.json.author],
          ['Moderated', draft.author],
          changed,
        )
        const revision = hasStatus(await kit.get(`${path}/revisions/1`, { as: admin }), 200)
        same('replaced_by', revision.json.replaced_by, admin.id, revision)
        hasStatus(await kit.get(`${path}/revisions`, { as: admin }), 200)
        hasStatus(await kit.post(`${path}/revisions/1/restore`, { as: admin }), 200)
        const comment = await writeComment(kit, tom, draft.id)
        const edited = hasStatus(
          await kit.patch(`${path}/comments/${comment.id}`, { as: admin, json: { body: 'Moderated' } }),
          200,
        )
        same('the author of the comment', edited.json.author, comment.author, edited)
        isEmpty(await kit.delete(`${path}/comments/${comment.id}`, { as: admin }), 204)
        isEmpty(await kit.delete(path, { as: admin }), 204)
        isProblem(await kit.get(path, { as: tom }), 404, 'posts.not_found')
      },
    ),
    check(
      'Audit events tell what happened to an account, who did it and when, newest first',
      'Operations',
      auditTrail,
    ),
    check('Audit events can be filtered by kind, user and time', 'Operations', async (kit) => {
      const [admin, aud] = [await kit.admin(), await kit.persona('aud')]
      await logIn(kit, aud)
      const list = async (query: string) =>
        itemsOf(hasStatus(await kit.get(`/audit-events?user=${aud.id}&${query}`, { as: admin }), 200))
      const all = await list('limit=100')
      const [first] = all.slice(-1)
      assert(all.length >= 2, 'several events', all)
      same('one kind', await list('action=user.registered'), [first])
      const { at } = all[0]
      same(
        'since',
        await list(`since=${encodeURIComponent(at)}`),
        all.filter((event) => event.at >= at),
      )
      same(
        'until',
        await list(`until=${encodeURIComponent(at)}&limit=100`),
        all.filter((event) => event.at < at),
      )
      for (const query of ['since=yesterday', 'action=nothing', 'user=me'])
        isProblem(await kit.get(`/audit-events?${query}`, { as: admin }), 422, 'request.invalid')
    }),
  ],
}

async function auditTrail(kit: Kit): Promise<void> {
  const [admin, aud] = [await kit.admin(), await kit.persona('aud')]
  const id = `conform-${Date.now()}`
  hasStatus(
    await kit.post('/auth/token', {
      json: { username: aud.username, password: 'wrong horse' },
      headers: { 'x-request-id': id, 'user-agent': 'Conform/3.0' },
    }),
    401,
  )
  const { json: refreshed } = await kit.post('/auth/refresh', {
    json: { refresh_token: aud.session.refresh_token },
  })
  hasStatus(await kit.post('/auth/logout', { token: refreshed.access_token }), 204)
  hasStatus(await kit.patch(`/users/${aud.id}`, { as: admin, json: { disabled: true } }), 200)
  hasStatus(await kit.patch(`/users/${aud.id}`, { as: admin, json: { disabled: false } }), 200)
  const response = hasStatus(await kit.get(`/audit-events?user=${aud.id}&limit=100`, { as: admin }), 200)
  const events: Json[] = itemsOf(response)
  const expected = [
    'user.enabled',
    'user.disabled',
    'session.ended',
    'session.refreshed',
    'session.login_failed',
  ]
  same('the latest kinds of event', events.map(({ action }) => action).slice(0, 5), expected, response)
  same('the first', events.at(-1)?.action, 'user.registered', response)
  for (const event of events) {
    const uuidOrNull = {
      rule: 'an id or null',
      test: (value: unknown) => value === null || aUuid7.test(value),
    }
    const detail = {
      rule: 'an object',
      test: (value: unknown) => typeof value === 'object' && value !== null,
    }
    matches(
      event,
      {
        id: aUuid7,
        at: aTime,
        action: /./,
        actor_id: uuidOrNull,
        user_id: aud.id,
        session_id: uuidOrNull,
        address: aTextOrNull,
        user_agent: aTextOrNull,
        request_id: aTextOrNull,
        detail,
      },
      response,
    )
  }
  same('who enabled it', events[0]?.actor_id, admin.id, response)
  same('who logged out', events[2]?.actor_id, aud.id, response)
  const { request_id, user_agent, actor_id } = events[4] ?? {}
  same(
    'the failed log-in',
    { request_id, user_agent, actor_id },
    { request_id: id, user_agent: 'Conform/3.0', actor_id: null },
    response,
  )
}
