import { createClient } from 'gatepost/client'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type HttpApp, serveApp } from '../support/http-app.ts'

let server: HttpApp
beforeAll(async () => {
  server = await serveApp()
})
afterAll(() => server.close())
beforeEach(() => {
  server.requests.length = 0
})

const password = 'correct horse battery'

test('A client with an API token sends it only to guarded operations, and has no session', async () => {
  const person = createClient({ baseUrl: server.url })
  const username = `u-${crypto.randomUUID().slice(0, 12)}`
  await person.register({ username, email: `${username}@example.com`, password })
  const created = await person.POST('/users/me/tokens', {
    body: { name: 'For a program', scopes: ['account:read'] },
  })
  const token = created.data?.token ?? ''
  const program = createClient({ baseUrl: server.url, token })
  server.requests.length = 0
  expect((await program.GET('/users/me')).data?.username).toBe(username)
  expect((await program.GET('/posts')).data?.items).toEqual([])
  expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${token}`, undefined])
  const refused = await program.POST('/posts', { body: { title: 'T', body: 'B' } })
  expect(refused.error?.code).toBe('auth.insufficient_scope')
  await person.DELETE('/users/me/tokens/{id}', { params: { path: { id: created.data?.id ?? '' } } })
  expect((await program.GET('/users/me')).error?.code).toBe('auth.token_revoked')
  expect(server.requests.filter(({ line }) => line.includes('/auth/refresh'))).toEqual([])
})
