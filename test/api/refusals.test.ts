import { describe, expect, test } from 'vitest'
import { openApi } from '../support/api.ts'
import { newUser } from '../support/people.ts'

// Refusals name the accepted values, and an address with a trailing slash redirects to the right one.

const api = await openApi()
const headersOf = (response: { headers: Headers }, ...names: string[]) =>
  names.map((name) => response.headers.get(name))

test('A 405 lists the methods in Allow, and OPTIONS the media types of PATCH', async () => {
  const wrong = await api.put('/posts/1')
  expect([wrong.status, ...headersOf(wrong, 'allow')]).toEqual([405, 'DELETE, GET, HEAD, OPTIONS, PATCH'])
  const options = await api.request('/posts/1', { method: 'OPTIONS' })
  expect([options.status, ...headersOf(options, 'accept-patch')]).toEqual([204, 'application/json'])
  const list = await api.request('/posts', { method: 'OPTIONS' })
  expect([list.status, ...headersOf(list, 'accept-patch')]).toEqual([204, null])
})

describe('unsupported media types', () => {
  const names = ['accept', 'accept-patch', 'accept-encoding']
  const json = 'application/json'
  test.for<[string, string, Record<string, string>, (string | null)[]]>([
    ['POST', '/auth/token', { 'content-type': 'text/plain' }, [json, null, null]],
    ['POST', '/auth/token', {}, [json, null, null]],
    ['POST', '/auth/token', { 'content-type': `${json}; charset=latin1` }, [json, null, null]],
    ['POST', '/auth/token', { 'content-type': json, 'content-encoding': 'gzip' }, [null, null, 'identity']],
    ['POST', '/auth/token', { 'content-type': 'a/b', 'content-encoding': 'br' }, [json, null, 'identity']],
    ['PATCH', '/users/me', { 'content-type': 'application/xml' }, [json, json, null]],
    ['PATCH', '/users/me', { 'content-type': json, 'content-encoding': 'gzip' }, [null, null, 'identity']],
    ['PUT', '/users/me/password', { 'content-type': 'text/plain' }, [json, null, null]],
    ['DELETE', '/users/me', { 'content-type': 'text/plain' }, [json, null, null]],
  ])('A 415 names the accepted types: %s %s with %j', async ([method, path, headers, expected]) => {
    const { token } = await newUser(api)
    const init = { method, headers, rawBody: '{}', ...(path !== '/auth/token' && { token }) }
    const response = await api.request(path, init)
    expect([response.status, ...headersOf(response, ...names)]).toEqual([415, ...expected])
  })
})

test('A 406 lists the available media types', async () => {
  const { token } = await newUser(api)
  const ask = (path: string) => api.get(path, { token, headers: { accept: 'text/csv' } })
  expect(headersOf(await ask('/posts'), 'accept')).toEqual(['application/json'])
  expect(headersOf(await ask('/posts?fields=id'), 'accept')).toEqual([
    'application/json, application/vnd.gatepost.sparse+json',
  ])
  expect(headersOf(await ask('/docs'), 'accept')).toEqual(['text/html'])
  const post = await api.post('/posts', {
    token,
    json: { title: 'T', body: 'B' },
    headers: { accept: 'text/csv' },
  })
  expect([post.status, ...headersOf(post, 'accept')]).toEqual([406, 'application/json'])
})

describe('query parameters without a meaning', () => {
  const paths = [
    '/',
    '/docs',
    '/healthz',
    '/readyz',
    '/openapi.json',
    '/openapi.yaml',
    '/problems',
    '/problems/posts.not_found',
    '/.well-known/jwks.json',
  ]
  test.for(paths)('Unknown parameters are ignored at %s', async (path) => {
    for (const query of ['x=1', '_=1764345600000', 'x', 'x=1&x=2', 'utm_source=mail&%C3%A9=%F0%9F%99%82']) {
      for (const method of ['GET', 'HEAD'])
        expect([query, (await api.request(`${path}?${query}`, { method })).status]).toEqual([query, 200])
    }
  })

  test('Unknown parameters are also ignored in requests that the settings refuse', async () => {
    for (const path of ['/metrics', '/.well-known/security.txt']) {
      const [without, with_] = [await api.get(path), await api.get(`${path}?_=1`)]
      expect([path, with_.status]).toEqual([path, without.status])
    }
  })

  test('Unknown parameters are refused by operations with query parameters and by changes', async () => {
    const { token } = await newUser(api)
    expect((await api.get('/posts?x=1')).status).toBe(422)
    expect((await api.get('/users/me?x=1', { token })).status).toBe(422)
  })
})

test('A trailing slash of a page’s address redirects to the page, whatever the Host header', async () => {
  const ask = async (path: string, method = 'GET') => {
    const response = await api.request(path, {
      method,
      redirect: 'manual',
      headers: { host: 'evil.example' },
    })
    return [response.status, response.headers.get('location')]
  }
  expect(await ask('/docs/')).toEqual([308, '/docs'])
  expect(await ask('/docs/?x=1', 'HEAD')).toEqual([308, '/docs?x=1'])
  expect(await ask('/app/')).toEqual([308, '/app'])
  expect(await ask('/app/log-in/?next=%2Fapp')).toEqual([308, '/app/log-in?next=%2Fapp'])
  expect(await ask('/app//')).toEqual([308, '/app'])
  expect((await ask('/app/', 'POST'))[0]).not.toBe(308)
  expect((await api.get('/app')).status).toBe(200)
})

test('A token is accepted with Bearer, Token or JWT in any case of letters, and without a scheme', async () => {
  const { token, id } = await newUser(api)
  for (const scheme of [
    '',
    'Bearer ',
    'bearer ',
    'BEARER  ',
    'Token ',
    'token ',
    'TOKEN ',
    'JWT ',
    'jwt ',
    'Jwt  ',
  ]) {
    const response = await api.get('/users/me', { headers: { authorization: scheme + token } })
    expect([scheme, response.json.id]).toEqual([scheme, id])
    const other = await api.get('/users/me', { headers: { 'x-access-token': scheme + token } })
    expect([scheme, other.json.id]).toEqual([scheme, id])
  }
  for (const scheme of ['Basic ', 'Digest ', 'Bearer: ', 'Tokens ', 'Token Bearer '])
    expect((await api.get('/users/me', { headers: { authorization: scheme + token } })).json.code).toBe(
      'auth.token_invalid',
    )
})
