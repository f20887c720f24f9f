import { setTimeout } from 'node:timers/promises'
import { check, type Group, type Kit, skip } from '../check.ts'
import { itemsOf, type Json, type Persona } from '../exchange.ts'
import { assert, hasStatus, isEmpty, isProblem, respondsWith, same } from '../expect.ts'
import { accountShape, after, aTime, notBefore, sessionShape, timeOf } from '../rules.ts'
import { decodeToken } from '../tokens.ts'

const sidOf = (session: Json): string => decodeToken(session.access_token)?.claims.sid
const refresh = (kit: Kit, refresh_token: string) => kit.post('/auth/refresh', { json: { refresh_token } })

/** Opens another session of a persona. */
async function logIn(
  kit: Kit,
  { username, password }: Persona,
  headers: Record<string, string> = {},
): Promise<Json> {
  return hasStatus(await kit.post('/auth/token', { json: { username, password }, headers }), 200).json
}

/** Checks that the session has ended: both of its tokens are refused. */
async function hasEnded(kit: Kit, session: Json): Promise<void> {
  isProblem(await kit.get('/users/me', { token: session.access_token }), 401, 'auth.session_revoked')
  isProblem(await refresh(kit, session.refresh_token), 401, 'auth.session_revoked')
}

const isStillValid = async (kit: Kit, session: Json) =>
  hasStatus(await kit.get('/users/me', { token: session.access_token }), 200)

export const sessions: Group = {
  name: 'sessions',
  about: 'refreshing, logging out, and where one is logged in',
  checks: [
    check(
      'Refreshing gives new tokens of the same session, for the same user',
      'Tokens and sessions',
      async (kit) => {
        const sid = await kit.persona('sid')
        const first = await logIn(kit, sid)
        const response = respondsWith(
          await refresh(kit, first.refresh_token),
          200,
          sessionShape(accountShape(sid)),
        )
        const [before, later] = [first, response.json].map(
          (session) => decodeToken(session.access_token)?.claims,
        )
        same(
          'sub, sid and role',
          [later.sub, later.sid, later.role],
          [before.sub, before.sid, before.role],
          response,
        )
        assert(later.jti !== before.jti, 'another jti', later.jti, response)
        assert(
          response.json.refresh_token !== first.refresh_token,
          'another refresh token: each is good once',
          'the same one',
          response,
        )
        same('expires_in', later.exp - later.iat, response.json.expires_in, response)
        await isStillValid(kit, response.json)
        hasStatus(await refresh(kit, response.json.refresh_token), 200)
      },
    ),
    check(
      'A refresh token sent again at once, or by many tabs together, gives the very same successor',
      'Tokens and sessions',
      async (kit) => {
        const first = await logIn(kit, await kit.persona('sid'))
        const all = await Promise.all(Array.from({ length: 8 }, () => refresh(kit, first.refresh_token)))
        const again = await refresh(kit, first.refresh_token)
        for (const response of [...all, again]) {
          same(
            'the successor',
            hasStatus(response, 200).json.refresh_token,
            all[0]?.json.refresh_token,
            response,
          )
          same('the session', sidOf(response.json), sidOf(first), response)
        }
        hasStatus(await refresh(kit, again.json.refresh_token), 200)
      },
    ),
    check(
      'A refresh token from before the last one, sent within the grace of 10 s, gets the current one',
      'Tokens and sessions',
      async (kit) => {
        const first = await logIn(kit, await kit.persona('sid'))
        const second = (await refresh(kit, first.refresh_token)).json
        const third = (await refresh(kit, second.refresh_token)).json
        const late = hasStatus(await refresh(kit, first.refresh_token), 200)
        same('the current token', late.json.refresh_token, third.refresh_token, late)
        hasStatus(await refresh(kit, third.refresh_token), 200)
      },
    ),
    check(
      'A replaced refresh token sent again after the grace of 10 s is theft: the session ends with all its tokens (--slow)',
      'Tokens and sessions',
      async (kit) => {
        if (!kit.isSlow) skip('it has to wait for 11 s: ask for it with --slow')
        const first = await logIn(kit, await kit.persona('sid'))
        const second = (await refresh(kit, first.refresh_token)).json
        await setTimeout(11_000)
        const third = (await refresh(kit, second.refresh_token)).json
        isProblem(await refresh(kit, first.refresh_token), 401, 'auth.refresh_reused')
        for (const session of [second, third]) {
          isProblem(await kit.get('/users/me', { token: session.access_token }), 401, 'auth.session_revoked')
        }
        isProblem(await refresh(kit, third.refresh_token), 401, 'auth.session_revoked')
      },
    ),
    check('Invented refresh tokens are refused and end no session', 'Tokens and sessions', async (kit) => {
      const first = await logIn(kit, await kit.persona('sid'))
      const [id, secret = ''] = first.refresh_token.split('.')
      const flipped = (secret[0] === 'A' ? 'B' : 'A') + secret.slice(1)
      const invalidTokens = [
        `${id}.${flipped}`,
        `${id}.${'A'.repeat(64)}`,
        `${id}.`,
        id,
        '.',
        'x',
        `${id}.${secret}.x`,
      ]
      const others = [
        `01900000-0000-7000-8000-000000000000.${secret}`,
        first.access_token.slice(0, 500),
        `${id}.${secret}=`,
      ]
      for (const invention of [...invalidTokens, ...others])
        isProblem(await refresh(kit, invention), 401, 'auth.refresh_invalid')
      isProblem(await refresh(kit, 'a\0b'), 422, 'request.invalid') // every text field must refuse NUL
      hasStatus(await refresh(kit, first.refresh_token), 200)
      isProblem(await kit.post('/auth/refresh'), 401, 'auth.refresh_missing')
    }),
    check(
      'A refresh token is no access token, and the other way round',
      'Tokens and sessions',
      async (kit) => {
        const first = await logIn(kit, await kit.persona('sid'))
        isProblem(await kit.get('/users/me', { token: first.refresh_token }), 401, 'auth.token_invalid')
      },
    ),
    check(
      'Logging out ends the session on the very next request, and no other',
      'Tokens and sessions',
      async (kit) => {
        const sid = await kit.persona('sid')
        const [one, two] = [await logIn(kit, sid), await logIn(kit, sid)]
        const response = isEmpty(await kit.post('/auth/logout', { token: one.access_token }), 204)
        same('Set-Cookie', response.headers.get('set-cookie'), null, response)
        await hasEnded(kit, one)
        isProblem(await kit.post('/auth/logout', { token: one.access_token }), 401, 'auth.session_revoked')
        await isStillValid(kit, two)
      },
    ),
    check(
      'The list of sessions shows device, address and times, newest first, and which one asks',
      'Operations',
      sessionsListed,
    ),
    check(
      'Users can end a single session of their own, but no session of another user',
      'Operations',
      async (kit) => {
        const [sid, ada] = [await kit.persona('sid'), await kit.persona('ada')]
        const [mine, other] = [await logIn(kit, sid), await logIn(kit, sid)]
        const path = `/auth/sessions/${sidOf(other)}`
        isProblem(await kit.delete(path, { as: ada }), 404, 'sessions.not_found')
        await isStillValid(kit, other)
        isEmpty(await kit.delete(path, { token: mine.access_token }), 204)
        await hasEnded(kit, other)
        isProblem(await kit.delete(path, { token: mine.access_token }), 404, 'sessions.not_found')
        await isStillValid(kit, mine)
        const left = itemsOf(await kit.get('/auth/sessions?limit=100', { token: mine.access_token }))
        assert(!left.some(({ id }) => id === sidOf(other)), 'a list without what has ended', left)
      },
    ),
    check('All sessions can be ended, with or without the one that asks', 'Operations', async (kit) => {
      const end = await kit.persona('end')
      const [mine, other] = [await logIn(kit, end), await logIn(kit, end)]
      isEmpty(await kit.delete('/auth/sessions?except_current=true', { token: mine.access_token }), 204)
      for (const session of [other, end.session]) await hasEnded(kit, session)
      await isStillValid(kit, mine)
      const left = hasStatus(await kit.get('/auth/sessions', { token: mine.access_token }), 200)
      same(
        'the sessions that are left',
        itemsOf(left).map(({ id }) => id),
        [sidOf(mine)],
        left,
      )
      isProblem(
        await kit.delete('/auth/sessions?except_current=yes', { token: mine.access_token }),
        422,
        'request.invalid',
      )
      const third = await logIn(kit, end)
      isEmpty(await kit.delete('/auth/sessions', { token: mine.access_token }), 204)
      for (const session of [mine, third]) await hasEnded(kit, session)
    }),
  ],
}

async function sessionsListed(kit: Kit): Promise<void> {
  const seb = await kit.persona('seb')
  const agent = { 'user-agent': 'Conform/1.0 (한국어 없음)'.replace(/[^\x20-\x7e]/g, '') }
  const opened = await kit.post('/auth/token', {
    json: { username: seb.username, password: seb.password },
    headers: agent,
  })
  const { json } = hasStatus(opened, 200)
  const list = hasStatus(await kit.get('/auth/sessions', { as: seb }), 200)
  const [newest, oldest] = itemsOf(list)
  const now = timeOf(opened)
  const shape = { address: /./, created_at: now, last_used_at: now, expires_at: aTime }
  same(
    'the sessions',
    itemsOf(list),
    [
      { id: sidOf(json), device: agent['user-agent'], current: false, ...shape },
      { id: sidOf(seb.session), device: /./, current: true, ...shape },
    ],
    list,
  )
  assert(newest?.created_at >= oldest?.created_at, 'the newest first', itemsOf(list), list)
  const lives = (Date.parse(newest.expires_at) - Date.parse(newest.created_at)) / 1000
  assert(
    Math.abs(lives - json.refresh_expires_in) < 5,
    'expires_at: refresh_expires_in after created_at',
    newest,
    list,
  )
  await setTimeout(2) // times have milliseconds
  const refreshed = hasStatus(
    await kit.post('/auth/refresh', {
      json: { refresh_token: json.refresh_token },
      headers: { 'user-agent': 'Conform/2.0' },
    }),
    200,
  )
  const later = await kit.get('/auth/sessions', { token: refreshed.json.access_token })
  same(
    'the session after a refresh',
    itemsOf(later)[0],
    {
      ...newest,
      device: 'Conform/2.0',
      current: true,
      last_used_at: after(newest.last_used_at),
      expires_at: notBefore(newest.expires_at),
    },
    later,
  )
}
