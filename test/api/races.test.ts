import { expect, test } from 'vitest'
import { openApi } from '../support/api.ts'
import { newAdmin, newUser, type Person, password } from '../support/people.ts'
import { refusedWithinASecond } from '../support/revoked.ts'

// A write must repeat what was checked before it. In this file requests meet only by chance; test/db/races.test.ts
// holds them between check and write.

const api = await openApi()
const another = 'another horse battery'

const logIn = (person: Person) =>
  api.post('/auth/token', { json: { username: person.username, password: person.password } })
const changePassword = ({ token, password: current }: Person, next: string) =>
  api.put('/users/me/password', { token, json: { current_password: current, new_password: next } })

/** The sessions of log-ins that run before, during and after a change. */
async function logInsAround(person: Person, change: () => Promise<unknown>) {
  const before = Array.from({ length: 8 }, () => logIn(person))
  const changed = change()
  const after = Array.from({ length: 8 }, () => logIn(person))
  await changed
  const responses = await Promise.all([...before, ...after])
  return responses.flatMap(({ status, json }) => (status === 200 ? [json] : []))
}

async function expectEnded(sessions: { access_token: string; refresh_token: string }[]) {
  for (const { access_token, refresh_token } of sessions) {
    expect(await refusedWithinASecond(api, access_token)).toBe('auth.session_revoked')
    const refreshed = await api.post('/auth/refresh', { json: { refresh_token } })
    expect(refreshed.json.code).toBe('auth.session_revoked')
  }
}

test('A session that is opened with the old password ends with the change of the password', async () => {
  const person = await newUser(api)
  await expectEnded(await logInsAround(person, () => changePassword(person, another)))
  expect((await api.get('/users/me', { token: person.token })).status).toBe(200)
})

test('A session that is opened while the account is being disabled ends with it', async () => {
  const [person, admin] = [await newUser(api), await newAdmin(api)]
  const disable = () => api.patch(`/users/${person.id}`, { token: admin.token, json: { disabled: true } })
  await expectEnded(await logInsAround(person, disable))
})

test('A session that is opened while the role is changed does not keep the old role', async () => {
  const [person, admin] = [await newUser(api), await newAdmin(api)]
  const setRole = (role: string) => api.patch(`/users/${person.id}`, { token: admin.token, json: { role } })
  expect((await setRole('admin')).status).toBe(200)
  const sessions = await logInsAround(person, () => setRole('user'))
  await expectEnded(sessions.filter(({ user }) => user.role === 'admin'))
})

test('A session that is opened while the account is being deleted ends with it', async () => {
  const person = await newUser(api)
  const remove = () => api.delete('/users/me', { token: person.token, json: { password } })
  for (const { access_token } of await logInsAround(person, remove)) {
    expect(await refusedWithinASecond(api, access_token)).toBe('auth.session_revoked')
  }
})

test('Of many concurrent changes of a password with the same old one, exactly one succeeds', async () => {
  const person = await newUser(api)
  const sessions = [person, ...(await Promise.all([logIn(person), logIn(person), logIn(person)]))]
  const changes = sessions.map((session, at) =>
    changePassword(
      { ...person, token: 'token' in session ? session.token : session.json.access_token },
      `${another} ${at}`,
    ),
  )
  const statuses = (await Promise.all(changes)).map(({ status }) => status)
  expect(statuses.filter((status) => status === 204)).toHaveLength(1)
  expect((await logIn({ ...person, password: `${another} ${statuses.indexOf(204)}` })).status).toBe(200)
})

test('Of a password change and a deletion with the same old password, only one succeeds', async () => {
  const person = await newUser(api)
  const second = await logIn(person)
  const [changed, deleted] = await Promise.all([
    changePassword(person, another),
    api.delete('/users/me', { token: second.json.access_token, json: { password } }),
  ])
  expect([changed.status, deleted.status].filter((status) => status === 204)).toHaveLength(1)
})

test('A comment can no longer be changed once its post is a draft', async () => {
  const [author, reader] = [await newUser(api), await newUser(api)]
  const post = await api.post('/posts', { token: author.token, json: { title: 'Open', body: 'Text' } })
  const path = `/posts/${post.json.id}/comments`
  const comment = await api.post(path, { token: reader.token, json: { body: 'First' } })
  await api.patch(`/posts/${post.json.id}`, { token: author.token, json: { status: 'draft' } })
  const change = { token: reader.token, json: { body: 'Second' } }
  expect((await api.patch(`${path}/${comment.json.id}`, change)).json.code).toBe('posts.not_found')
  expect((await api.post(path, change)).json.code).toBe('posts.not_found')
})
