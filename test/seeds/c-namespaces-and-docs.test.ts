import { expect, test } from 'vitest'
import { basic, openService } from './service.ts'

// System C: Flask-RESTPlus with the namespaces Users and Posts, models, two authorizations and Swagger UI. Different:
// - the author is the token's user and is not sent: anyone could write as anyone;
// - tokens expire, a list without posts is 200 and not 404, Basic is for getting a token and not for each request.
// test/browser/docs.test.ts tests the use of /docs, with Chromium.

const call = openService()
const account = { username: 'younghee', email: 'younghee@daum.net', password: '가을 하늘 높고 푸르다' }

test('Swagger UI exists, and the document has both schemes and both namespaces', async () => {
  expect((await call('GET', '/docs')).status).toBe(200)
  const { components, tags, paths } = (await call('GET', '/openapi.json')).json
  expect(components.securitySchemes).toMatchObject({
    accessToken: { type: 'apiKey', in: 'header', name: 'Authorization' },
    basic: { type: 'http', scheme: 'basic' },
  })
  expect(tags.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(['Users', 'Posts']))
  expect(paths['/posts'].post.security).toContainEqual({ accessToken: ['posts:write'] })
  expect(paths['/posts'].get.security ?? []).toEqual([])
})

test('GET /posts is open, POST is guarded, and the author is joined', async () => {
  const empty = await call('GET', '/posts')
  expect([empty.status, empty.json.items]).toEqual([200, []])
  const json = { title: '첫 글', body: '안녕하세요, 영희입니다.' }
  const refused = await call('POST', '/posts', { json })
  expect([refused.status, refused.json.code]).toEqual([401, 'auth.token_missing'])

  await call('POST', '/users', { json: account })
  const { username, password } = account
  const session = (await call('POST', '/auth/token', { headers: basic(username, password) })).json
  // The raw token, as the scheme apiKey sends it.
  const headers = { authorization: session.access_token }
  const created = await call('POST', '/posts', { headers, json })
  expect(created.status).toBe(201)
  const read = await call('GET', `/posts/${created.json.id}`, { headers })
  expect(read.json).toMatchObject({ ...json, author: { id: session.user.id, username } })
  expect((await call('GET', '/posts')).json.items).toMatchObject([{ title: '첫 글', author: { username } }])
  expect((await call('GET', `/posts/${created.json.id}`)).status).toBe(401)
})

test('Fields that the model does not have are refused, including the author', async () => {
  const { username, password } = account
  const session = (await call('POST', '/auth/token', { headers: basic(username, password) })).json
  const json = { title: '글', body: '내용', author: '다른 사람' }
  const refused = await call('POST', '/posts', { headers: { authorization: session.access_token }, json })
  expect([refused.status, refused.json.code]).toEqual([422, 'request.invalid'])
})
