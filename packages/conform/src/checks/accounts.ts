import { check, type Group } from '../check.ts'
import type { Answer, Json } from '../exchange.ts'
import { answers, hasHeader, hasStatus, holds, isEmpty, isProblem, refuses, same } from '../expect.ts'
import { newAccount, newPassword, uniqueName } from '../people.ts'
import { accountShape, aUuid7, profileShape, sessionShape, timeOf } from '../rules.ts'
import { decodeToken } from '../tokens.ts'
import { ownAccount } from './own-account.ts'

const basic = (name: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
})

export const accounts: Group = {
  name: 'accounts',
  about: 'registering, logging in, profiles and one’s own account',
  checks: [
    check(
      'Registering makes an account with these names, opens a session and says where the account is',
      'Operations',
      async (kit) => {
        const account = newAccount('reg')
        const given = {
          ...account,
          username: account.username.toUpperCase(),
          email: account.email.toUpperCase(),
        }
        const answer = hasStatus(await kit.post('/users', { json: given }), 201)
        const person = kit.cast.add('reg', account, answer)
        const now = timeOf(answer)
        const user = {
          ...accountShape({ ...account, id: answer.json.user.id }),
          id: aUuid7,
          created_at: now,
          updated_at: answer.json.user.created_at,
        }
        answers(answer, 201, sessionShape(user))
        hasHeader(answer, 'location', new RegExp(`(^|//[^/]+)/users/${person.id}$`))
        const profile = await kit.get(`/users/${person.id}`, { token: person.session.access_token })
        answers(profile, 200, { ...profileShape(person), created_at: answer.json.user.created_at })
      },
    ),
    check(
      'The access token says who, which session, which role, and how long',
      'Tokens and sessions',
      async (kit) => {
        const { session, id } = await kit.person('una')
        const { header, claims } = decodeToken(session.access_token) ?? { header: {}, claims: {} }
        same('the header', header, { alg: /^(HS256|EdDSA|ES256|RS256)$/, typ: 'JWT', kid: /./ })
        const { iat, exp } = claims
        same('the claims', claims, {
          iss: /./,
          aud: /./,
          sub: id,
          sid: aUuid7,
          role: 'user',
          iat,
          exp,
          jti: /./,
        })
        same('exp - iat', exp - iat, session.expires_in)
        holds(
          Math.abs(iat * 1000 - Date.parse(session.user.created_at)) < 10_000,
          'iat: the time of the log-in',
          iat,
        )
        holds(
          session.refresh_expires_in > session.expires_in || session.refresh_expires_in > 0,
          'a refresh token that lives on',
          session.refresh_expires_in,
        )
      },
    ),
    check('A username or e-mail address can be taken once, whatever the case', 'Operations', async (kit) => {
      const una = await kit.person('una')
      const other = newAccount('other')
      const sameName = await kit.post('/users', { json: { ...other, username: una.username.toUpperCase() } })
      isProblem(sameName, 409, 'users.username_taken')
      const sameEmail = await kit.post('/users', { json: { ...other, email: una.email.toUpperCase() } })
      isProblem(sameEmail, 409, 'users.email_taken')
    }),
    check(
      'A password that is the username or the e-mail address is refused',
      'Tokens and sessions',
      async (kit) => {
        const { username, email } = newAccount('same')
        for (const password of [username, email.toUpperCase()]) {
          refuses(await kit.post('/users', { json: { username, email, password } }), {
            location: 'body',
            at: '/password',
          })
        }
      },
    ),
    check(
      'One can log in with the username or the e-mail address, in JSON or by HTTP Basic, whatever the case',
      'Operations',
      async (kit) => {
        const una = await kit.person('una')
        const { password, username } = una
        const all = [
          await kit.post('/auth/token', { json: { username, password } }),
          await kit.post('/auth/token', { json: { username: una.email.toUpperCase(), password } }),
          await kit.post('/auth/token', { headers: basic(username.toUpperCase(), password) }),
          await kit.post('/auth/token', { headers: basic(una.email, password) }),
        ]
        for (const answer of all) answers(answer, 200, sessionShape(accountShape(una)))
        const ids = all.map(({ json }) => decodeToken(json.access_token)?.claims.sid)
        holds(new Set(ids).size === 4, 'a session of its own for each', ids)
        for (const answer of all)
          answers(await kit.get('/users/me', { token: answer.json.access_token }), 200, answer.json.user)
      },
    ),
    check('Unknown users and wrong passwords are answered alike', 'Tokens and sessions', async (kit) => {
      const una = await kit.person('una')
      const wrong = await kit.post('/auth/token', {
        json: { username: una.username, password: newPassword() },
      })
      const unknown = await kit.post('/auth/token', {
        json: { username: uniqueName('no'), password: newPassword() },
      })
      isProblem(wrong, 401, 'auth.bad_credentials')
      same('the answer to an unknown user', told(unknown), told(wrong), unknown)
      const byBasic = await kit.post('/auth/token', { headers: basic(una.username, 'wrong horse') })
      isProblem(byBasic, 401, 'auth.bad_credentials')
      hasHeader(byBasic, 'www-authenticate', /^Basic realm=/)
      isProblem(
        await kit.post('/auth/token', { headers: basic(uniqueName('no'), 'wrong horse') }),
        401,
        'auth.bad_credentials',
      )
      isProblem(
        await kit.post('/auth/token', { headers: { authorization: 'Basic %%%' } }),
        401,
        'auth.bad_credentials',
      )
    }),
    check(
      'Without credentials logging in asks for them, with two it refuses both',
      'which status',
      async (kit) => {
        const una = await kit.person('una')
        hasHeader(
          isProblem(await kit.post('/auth/token'), 401, 'auth.credentials_missing'),
          'www-authenticate',
          /^Basic realm=/,
        )
        const { username, password } = una
        const both = await kit.post('/auth/token', {
          json: { username, password },
          headers: basic(username, password),
        })
        isProblem(both, 400, 'auth.two_credentials')
      },
    ),
    check('Whoami names the user and the session of the token', 'Operations', async (kit) => {
      const una = await kit.person('una')
      const token: string = una.session.access_token
      const answer = hasStatus(
        await kit.get('/auth/whoami', { as: una, headers: { 'user-agent': 'conform/who' } }),
        200,
      )
      const { sid } = decodeToken(token)?.claims ?? {}
      const session = {
        id: sid,
        device: /./,
        address: /./,
        created_at: answer.json.session?.created_at,
        last_used_at: answer.json.session?.last_used_at,
        expires_at: answer.json.session?.expires_at,
        current: true,
      }
      answers(answer, 200, { logged_in_as: una.username, user: accountShape(una), session })
      const lives = Date.parse(session.expires_at) - Date.parse(session.last_used_at)
      holds(
        Math.abs(lives / 1000 - una.session.refresh_expires_in) < 10,
        'expires_at: refresh_expires_in after the last use',
        session,
        answer,
      )
    }),
    check('Nobody can give themselves a role', 'Operations', async (kit) => {
      const una = await kit.person('una')
      for (const json of [
        { role: 'admin' },
        { username: una.username, role: 'admin' },
        { disabled: false },
      ]) {
        isProblem(await kit.patch('/users/me', { as: una, json }), 422, 'request.invalid')
      }
      isProblem(
        await kit.post('/users', { json: { ...newAccount('adm'), role: 'admin' } }),
        422,
        'request.invalid',
      )
      same('the role', (await kit.get('/users/me', { as: una })).json?.role, 'user')
    }),
    check('A profile shows name, role and age, and no e-mail address', 'Operations', async (kit) => {
      const [una, ren] = [await kit.person('una'), await kit.person('ren')]
      const profile = await kit.get(`/users/${ren.id}`, { as: una })
      answers(profile, 200, { ...profileShape(ren), created_at: ren.session.user.created_at })
      const tag = profile.headers.get('etag') ?? ''
      isEmpty(await kit.get(`/users/${ren.id}`, { as: una, headers: { 'if-none-match': tag } }), 304)
      hasStatus(await kit.get(`/users/${ren.id}`, { as: una, headers: { 'if-none-match': '"0.0"' } }), 200)
      answers(await kit.get(`/users?q=${ren.username}`, { as: una }), 200, {
        items: [profile.json],
        next_cursor: null,
      })
    }),
    check('Passwords are normalised, and all their bytes count', 'Tokens and sessions', async (kit) => {
      const account = { ...newAccount('nfc'), password: `caf\u00e9 ${newPassword()} ${'x'.repeat(30)}` }
      kit.cast.add('nfc', account, hasStatus(await kit.post('/users', { json: account }), 201))
      const logIn = (password: string) =>
        kit.post('/auth/token', { json: { username: account.username, password } })
      hasStatus(await logIn(account.password.normalize('NFD')), 200)
      isProblem(await logIn(`${account.password}y`.padEnd(80, 'y')), 401, 'auth.bad_credentials')
    }),
    ...ownAccount,
  ],
}

/** What an answer tells, but for the request id. */
function told({ status, json, headers }: Answer): Json {
  const { request_id: _, ...problem } = json ?? {}
  return {
    status,
    problem,
    challenge: headers.get('www-authenticate'),
    limit: headers.get('ratelimit-policy'),
  }
}
