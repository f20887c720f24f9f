import { check, type Group } from '../check.ts'
import type { Json, ReceivedResponse } from '../exchange.ts'
import { assert, hasHeader, hasStatus, isEmpty, isProblem, refuses, respondsWith, same } from '../expect.ts'
import { newAccount, newPassword, uniqueName } from '../personas.ts'
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
        const response = hasStatus(await kit.post('/users', { json: given }), 201)
        const persona = kit.personas.add('reg', account, response)
        const now = timeOf(response)
        const user = {
          ...accountShape({ ...account, id: response.json.user.id }),
          id: aUuid7,
          created_at: now,
          updated_at: response.json.user.created_at,
        }
        respondsWith(response, 201, sessionShape(user))
        hasHeader(response, 'location', new RegExp(`(^|//[^/]+)/users/${persona.id}$`))
        const profile = await kit.get(`/users/${persona.id}`, { token: persona.session.access_token })
        respondsWith(profile, 200, { ...profileShape(persona), created_at: response.json.user.created_at })
      },
    ),
    check(
      'The access token names the user, the session, the role and its lifetime',
      'Tokens and sessions',
      async (kit) => {
        const { session, id } = await kit.persona('una')
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
        assert(
          Math.abs(iat * 1000 - Date.parse(session.user.created_at)) < 10_000,
          'iat: the time of the log-in',
          iat,
        )
        assert(
          session.refresh_expires_in > session.expires_in || session.refresh_expires_in > 0,
          'a refresh token that lives on',
          session.refresh_expires_in,
        )
      },
    ),
    check(
      'A username or e-mail address can be taken only once, in any case of letters',
      'Operations',
      async (kit) => {
        const una = await kit.persona('una')
        const other = newAccount('other')
        const sameName = await kit.post('/users', {
          json: { ...other, username: una.username.toUpperCase() },
        })
        isProblem(sameName, 409, 'users.username_taken')
        const sameEmail = await kit.post('/users', { json: { ...other, email: una.email.toUpperCase() } })
        isProblem(sameEmail, 409, 'users.email_taken')
      },
    ),
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
      'Users can log in with the username or the e-mail address, in JSON or by HTTP Basic, in any case of letters',
      'Operations',
      async (kit) => {
        const una = await kit.persona('una')
        const { password, username } = una
        const all = [
          await kit.post('/auth/token', { json: { username, password } }),
          await kit.post('/auth/token', { json: { username: una.email.toUpperCase(), password } }),
          await kit.post('/auth/token', { headers: basic(username.toUpperCase(), password) }),
          await kit.post('/auth/token', { headers: basic(una.email, password) }),
        ]
        for (const response of all) respondsWith(response, 200, sessionShape(accountShape(una)))
        const ids = all.map(({ json }) => decodeToken(json.access_token)?.claims.sid)
        assert(new Set(ids).size === 4, 'a session of its own for each', ids)
        for (const response of all)
          respondsWith(
            await kit.get('/users/me', { token: response.json.access_token }),
            200,
            response.json.user,
          )
      },
    ),
    check('Unknown users and wrong passwords get the same response', 'Tokens and sessions', async (kit) => {
      const una = await kit.persona('una')
      const wrong = await kit.post('/auth/token', {
        json: { username: una.username, password: newPassword() },
      })
      const unknown = await kit.post('/auth/token', {
        json: { username: uniqueName('no'), password: newPassword() },
      })
      isProblem(wrong, 401, 'auth.bad_credentials')
      same('the response to an unknown user', told(unknown), told(wrong), unknown)
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
      'A log-in without credentials gets a 401 that asks for them, one with two credentials is refused',
      'which status',
      async (kit) => {
        const una = await kit.persona('una')
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
      const una = await kit.persona('una')
      const token: string = una.session.access_token
      const response = hasStatus(
        await kit.get('/auth/whoami', { as: una, headers: { 'user-agent': 'conform/who' } }),
        200,
      )
      const { sid } = decodeToken(token)?.claims ?? {}
      const session = {
        id: sid,
        device: /./,
        address: /./,
        created_at: response.json.session?.created_at,
        last_used_at: response.json.session?.last_used_at,
        expires_at: response.json.session?.expires_at,
        current: true,
      }
      respondsWith(response, 200, { logged_in_as: una.username, user: accountShape(una), session })
      const lives = Date.parse(session.expires_at) - Date.parse(session.last_used_at)
      assert(
        Math.abs(lives / 1000 - una.session.refresh_expires_in) < 10,
        'expires_at: refresh_expires_in after the last use',
        session,
        response,
      )
    }),
    check('Nobody can give themselves a role', 'Operations', async (kit) => {
      const una = await kit.persona('una')
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
      const [una, ren] = [await kit.persona('una'), await kit.persona('ren')]
      const profile = await kit.get(`/users/${ren.id}`, { as: una })
      respondsWith(profile, 200, { ...profileShape(ren), created_at: ren.session.user.created_at })
      const tag = profile.headers.get('etag') ?? ''
      isEmpty(await kit.get(`/users/${ren.id}`, { as: una, headers: { 'if-none-match': tag } }), 304)
      hasStatus(await kit.get(`/users/${ren.id}`, { as: una, headers: { 'if-none-match': '"0.0"' } }), 200)
      respondsWith(await kit.get(`/users?q=${ren.username}`, { as: una }), 200, {
        items: [profile.json],
        next_cursor: null,
      })
    }),
    check('Passwords are normalised, and all their bytes count', 'Tokens and sessions', async (kit) => {
      const account = { ...newAccount('nfc'), password: `caf\u00e9 ${newPassword()} ${'x'.repeat(30)}` }
      kit.personas.add('nfc', account, hasStatus(await kit.post('/users', { json: account }), 201))
      const logIn = (password: string) =>
        kit.post('/auth/token', { json: { username: account.username, password } })
      hasStatus(await logIn(account.password.normalize('NFD')), 200)
      isProblem(await logIn(`${account.password}y`.padEnd(80, 'y')), 401, 'auth.bad_credentials')
    }),
    ...ownAccount,
  ],
}

/** Everything in a response except the request id. */
function told({ status, json, headers }: ReceivedResponse): Json {
  const { request_id: _, ...problem } = json ?? {}
  return {
    status,
    problem,
    challenge: headers.get('www-authenticate'),
    limit: headers.get('ratelimit-policy'),
  }
}
