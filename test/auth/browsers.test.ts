import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../support/in-process.ts'

// What browsers see of a service at an https address, from its own pages and from other sites.

const publicOrigin = 'https://api.example.com'
const allowedOrigin = 'https://app.example.com'
let app: TestApp

beforeAll(async () => {
  app = await createTestApp({
    PUBLIC_URL: `${publicOrigin}/`,
    CORS_ORIGINS: `${allowedOrigin}, https://other.example.com/`,
  })
})
afterAll(() => app.close())

const call = (path: string, init: RequestInit = {}) =>
  app.fetch(new Request(`http://internal:3000${path}`, init))

async function register() {
  const username = `u-${crypto.randomUUID().slice(0, 12)}`
  const account = { username, email: `${username}@example.com`, password: 'correct horse battery' }
  const response = await call('/users', {
    method: 'POST',
    body: JSON.stringify(account),
    headers: { 'content-type': 'application/json' },
  })
  return { account, response, session: (await response.json()) as any }
}

describe('a public https address', () => {
  test('Cookies are restricted to this host and to https', async () => {
    const { account } = await register()
    const basic = btoa(`${account.username}:${account.password}`)
    const response = await call('/auth/token?carrier=cookie', {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
    })
    const cookies = response.headers.getSetCookie()
    expect(cookies.map((cookie) => cookie.split('=', 1)[0])).toEqual([
      '__Host-gatepost_access',
      '__Host-gatepost_refresh',
    ])
    for (const cookie of cookies) expect(cookie).toMatch(/; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    const cookie = cookies.map((line) => line.split(';', 1)[0]).join('; ')
    expect((await call('/users/me', { headers: { cookie } })).status).toBe(200)
    const write = (origin: string) => call('/auth/logout', { method: 'POST', headers: { cookie, origin } })
    expect((await write('http://internal:3000')).status).toBe(403)
    expect((await write('https://evil.example.com')).status).toBe(403)
    expect((await write(publicOrigin)).status).toBe(204)
  })

  test('Responses tell browsers to use https, and links contain the public address', async () => {
    const { session } = await register()
    const response = await call('/nowhere', { headers: { host: 'evil.example.com' } })
    expect(response.headers.get('strict-transport-security')).toMatch(/^max-age=\d+/)
    expect(((await response.json()) as any).type).toBe(`${publicOrigin}/problems/route.not_found`)
    for (let n = 0; n < 2; n++) {
      await call('/posts', {
        method: 'POST',
        body: JSON.stringify({ title: 'T', body: 'B' }),
        headers: { 'content-type': 'application/json', authorization: session.access_token },
      })
    }
    const list = await call('/posts?limit=1', { headers: { host: 'evil.example.com' } })
    expect(list.headers.get('link')).toMatch(/^<https:\/\/api\.example\.com\/posts\?limit=1&cursor=/)
    const document = (await (await call('/openapi.json')).json()) as any
    expect(document.servers[0].url).toBe(publicOrigin)
    expect(document.components.securitySchemes.cookieToken.name).toBe('__Host-gatepost_access')
  })
})

describe('pages of other sites', () => {
  const preflight = (origin: string, path = '/posts') =>
    call(path, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    })

  test.each([allowedOrigin, 'https://other.example.com'])(
    'Pages of CORS_ORIGINS (%s) may call and read the API',
    async (origin) => {
      const preflightResponse = await preflight(origin)
      expect(preflightResponse.status).toBe(204)
      expect(preflightResponse.headers.get('access-control-allow-origin')).toBe(origin)
      expect(preflightResponse.headers.get('access-control-allow-methods')).toContain('POST')
      expect(preflightResponse.headers.get('access-control-allow-headers')?.toLowerCase()).toContain(
        'authorization',
      )
      for (const path of ['/posts', '/users/me', '/nowhere']) {
        const response = await call(path, { headers: { origin } })
        expect(response.headers.get('access-control-allow-origin')).toBe(origin)
        expect(response.headers.get('access-control-expose-headers')).toContain('ETag')
        expect(response.headers.get('vary')).toContain('Origin')
      }
    },
  )

  test('An allowed page may request an unknown path and read the 404', async () => {
    for (const path of ['/nowhere', '/posts/', '/app/nowhere']) {
      const preflightResponse = await preflight(allowedOrigin, path)
      expect([
        path,
        preflightResponse.status,
        preflightResponse.headers.get('access-control-allow-origin'),
      ]).toEqual([path, 204, allowedOrigin])
      expect(preflightResponse.headers.get('access-control-allow-methods')).toContain('POST')
      const foreign = await preflight('https://evil.example.com', path)
      expect([foreign.status, foreign.headers.get('access-control-allow-methods')]).toEqual([204, null])
    }
  })

  test('Caches distinguish origins, also if a response varies by other headers', async () => {
    for (const path of ['/posts', '/problems', '/problems/posts.not_found']) {
      const vary = (await call(path, { headers: { origin: allowedOrigin } })).headers.get('vary')
      expect([path, vary]).toEqual([path, expect.stringMatching(/\bOrigin\b/)])
      expect([path, vary]).toEqual([path, expect.stringMatching(/\bAccept\b/)])
    }
  })

  test('CORS does not change the other headers of a response', async () => {
    const page = await call('/', { headers: { origin: allowedOrigin } })
    expect(page.headers.get('content-security-policy')).toContain("style-src 'self'")
    expect(page.headers.get('cache-control')).toBe('no-cache')
    const refused = await call('/%ff', { headers: { origin: allowedOrigin } })
    expect(refused.headers.get('access-control-allow-origin')).toBe(allowedOrigin)
    const options = await call('/posts', { method: 'OPTIONS', headers: { origin: allowedOrigin } })
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS, POST'])
    expect((await call('/nowhere', { method: 'OPTIONS', headers: { origin: allowedOrigin } })).status).toBe(
      404,
    )
  })

  test.each(['https://evil.example.com', 'null', `${allowedOrigin}.evil.example`])(
    'Pages of other origins (%s) may not read the API',
    async (origin) => {
      for (const response of [await preflight(origin), await call('/posts', { headers: { origin } })]) {
        expect(response.headers.get('access-control-allow-origin')).toBeNull()
      }
    },
  )
})
