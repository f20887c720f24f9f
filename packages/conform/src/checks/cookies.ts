import { check, type Group, type Kit } from '../check.ts'
import type { Json } from '../exchange.ts'
import { assert, hasStatus, isEmpty, isProblem, matches, same } from '../expect.ts'
import { sessionShape } from '../rules.ts'

const sameOrigin = { 'sec-fetch-site': 'same-origin' }

/** Logs in with cookies, like a browser. */
async function browser(kit: Kit) {
  const { username, password } = await kit.persona('coo')
  const response = hasStatus(
    await kit.post('/auth/token?carrier=cookie', { json: { username, password } }),
    200,
  )
  const lines = response.headers.getSetCookie()
  const pairs = lines.map((line) => line.split(';', 1)[0] ?? '')
  return { response, lines, pairs, cookie: pairs.join('; '), json: response.json as Json }
}

export const cookies: Group = {
  name: 'cookies',
  about: 'tokens in cookies, and what other sites may not do with them',
  checks: [
    check('Cookies are set when asked for, out of the reach of scripts', 'Security schemes', async (kit) => {
      const { response, lines, pairs, json } = await browser(kit)
      matches(json, sessionShape(json.user), response)
      const isHttps = kit.origin.startsWith('https:')
      const prefix = pairs[0]?.startsWith('__Host-') ? '__Host-' : ''
      same(
        'the cookies',
        pairs,
        [`${prefix}gatepost_access=${json.access_token}`, `${prefix}gatepost_refresh=${json.refresh_token}`],
        response,
      )
      for (const line of lines) {
        const parts = line.split('; ')
        for (const part of [
          'HttpOnly',
          'SameSite=Lax',
          'Path=/',
          `Max-Age=${json.refresh_expires_in}`,
          ...(isHttps ? ['Secure'] : []),
        ]) {
          assert(parts.includes(part), `a cookie with ${part}`, line.replace(/=[^;]*/, '=…'), response)
        }
        assert(!/domain=/i.test(line), 'a cookie for this host alone', line.replace(/=[^;]*/, '=…'), response)
      }
    }),
    check(
      'A cookie is accepted for reading, and for writing with proof that a page of this server sent the request',
      'Security schemes',
      async (kit) => {
        const { cookie } = await browser(kit)
        same(
          'logged_in_as',
          (await kit.get('/auth/whoami', { headers: { cookie } })).json?.logged_in_as,
          (await kit.persona('coo')).username,
        )
        const write = (proof: Record<string, string>) =>
          kit.post('/posts', { headers: { cookie, ...proof }, json: { title: 'By cookie', body: 'B' } })
        hasStatus(await write(sameOrigin), 201)
        const proofs = [
          {},
          { 'sec-fetch-site': 'same-site' },
          { 'sec-fetch-site': 'cross-site', origin: kit.origin },
          { 'sec-fetch-site': 'none' },
          { origin: 'https://elsewhere.example' },
          { origin: 'null' },
          { origin: `${kit.origin}.elsewhere.example` },
        ]
        for (const proof of proofs)
          isProblem(await write(proof as Record<string, string>), 403, 'auth.cross_site')
      },
    ),
    check('No writing operation accepts a cookie without that proof', 'Security schemes', async (kit) => {
      const { cookie } = await browser(kit)
      const calls: [string, string, Json?][] = [
        ['PATCH', '/users/me', {}],
        ['DELETE', '/users/me', { password: 'x' }],
        ['PUT', '/users/me/password', { current_password: 'x', new_password: 'correct horse battery' }],
        ['POST', '/auth/logout'],
        ['DELETE', '/auth/sessions'],
        ['POST', '/posts/1/comments', { body: 'C' }],
        ['PATCH', '/posts/1', {}],
        ['DELETE', '/posts/1'],
        ['POST', '/auth/refresh'],
      ]
      for (const [method, path, json] of calls) {
        isProblem(await kit.request(path, { method, json, headers: { cookie } }), 403, 'auth.cross_site')
      }
    }),
    check('Cookies are refreshed without a body, and replaced', 'Security schemes', async (kit) => {
      const { cookie, pairs } = await browser(kit)
      const response = hasStatus(
        await kit.post('/auth/refresh?carrier=cookie', { headers: { cookie, ...sameOrigin } }),
        200,
      )
      const next = response.headers.getSetCookie().map((line) => line.split(';', 1)[0] ?? '')
      same('how many cookies', next.length, 2, response)
      assert(
        next.every((pair) => !pairs.includes(pair)),
        'other cookies',
        'the same ones',
        response,
      )
      hasStatus(await kit.get('/users/me', { headers: { cookie: next.join('; ') } }), 200)
    }),
    check('Logging out takes the cookies away and ends their session', 'Security schemes', async (kit) => {
      const { cookie } = await browser(kit)
      const response = isEmpty(await kit.post('/auth/logout', { headers: { cookie, ...sameOrigin } }), 204)
      const cleared = response.headers.getSetCookie()
      same('how many cookies', cleared.length, 2, response)
      for (const line of cleared)
        assert(
          /^[\w-]+=;/.test(line) && /Max-Age=0/.test(line),
          'an empty cookie that ends at once',
          line,
          response,
        )
      isProblem(await kit.get('/users/me', { headers: { cookie } }), 401, 'auth.session_revoked')
    }),
    check('A cookie that is garbage is an invalid token', 'Security schemes', async (kit) => {
      const { pairs } = await browser(kit)
      const name = pairs[0]?.split('=', 1)[0]
      const headers = { cookie: `${name}=garbage` }
      isProblem(await kit.get('/users/me', { headers }), 401, 'auth.token_invalid')
    }),
    check('A cookie counts only where no header carries a credential', 'Security schemes', async (kit) => {
      const { cookie } = await browser(kit)
      const other = await kit.persona('coo')
      const token = await other.freshToken(kit.request)
      for (const header of [{ authorization: `Bearer ${token}` }, { 'x-access-token': token }]) {
        const headers = { ...header, cookie } as Record<string, string>
        const response = hasStatus(await kit.get('/users/me', { headers }), 200)
        same('whose token counts', response.json.id, other.id, response)
      }
      const wrong = await kit.get('/users/me', { headers: { authorization: 'Bearer garbage', cookie } })
      isProblem(wrong, 401, 'auth.token_invalid')
      const two = { authorization: token, 'x-access-token': token, cookie }
      isProblem(await kit.get('/users/me', { headers: two }), 400, 'auth.two_credentials')
    }),
  ],
}
