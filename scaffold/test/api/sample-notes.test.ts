import { expect, test } from 'vitest'
import { openApi } from '../support/api.ts'
import { newUser, type Person } from '../support/people.ts'

const api = await openApi()

async function createSampleNote({ token }: Person, text: string) {
  const { status, headers, json } = await api.post('/sample-notes', { token, json: { text } })
  expect(status).toBe(201)
  return { path: headers.get('location') ?? '', tag: headers.get('etag') ?? '', json }
}

test('A sample note is read as it was created.', async () => {
  const author = await newUser(api)
  const { path, tag, json } = await createSampleNote(author, 'Water the plants.')
  expect(json.text).toBe('Water the plants.')
  const read = await api.get(path, { token: author.token })
  expect([read.status, read.json, read.headers.get('etag')]).toEqual([200, json, tag])
  const again = await api.get(path, { token: author.token, headers: { 'if-none-match': tag } })
  expect(again.status).toBe(304)
})

test('A sample note is seen, changed and deleted by its author alone.', async () => {
  const [author, other] = [await newUser(api), await newUser(api)]
  const { path, json } = await createSampleNote(author, 'Mine')
  const attempts = [
    await api.get(path, { token: other.token }),
    await api.patch(path, { token: other.token, json: { text: 'Not yours' } }),
    await api.delete(path, { token: other.token }),
  ]
  for (const attempt of attempts) expect(attempt.json.code).toBe('sample_notes.not_found')
  expect((await api.get('/sample-notes', { token: other.token })).json.items).toEqual([])
  expect((await api.get(path, { token: author.token })).json).toEqual(json)
})

test('A list has the newest sample notes first, and its cursor leads through all of them.', async () => {
  const author = await newUser(api)
  for (const text of ['1', '2', '3']) await createSampleNote(author, text)
  const first = await api.get('/sample-notes?limit=2', { token: author.token })
  const next = `/sample-notes?limit=2&cursor=${first.json.next_cursor}`
  const second = await api.get(next, { token: author.token })
  const texts = [...first.json.items, ...second.json.items].map(({ text }) => text)
  expect(texts).toEqual(['3', '2', '1'])
  expect([first.headers.get('link'), second.json.next_cursor]).toEqual([`<${next}>; rel="next"`, null])
  const other = await newUser(api)
  expect((await api.get(next, { token: other.token })).status).toBe(422)
})

test('The same Idempotency-Key creates one sample note.', async () => {
  const author = await newUser(api)
  const create = (text: string) =>
    api.post('/sample-notes', {
      token: author.token,
      headers: { 'idempotency-key': 'one' },
      json: { text },
    })
  const [first, again, another] = [await create('Once'), await create('Once'), await create('Another')]
  expect([again.status, again.json, again.headers.get('idempotency-replayed')]).toEqual([
    201,
    first.json,
    'true',
  ])
  expect(another.json.code).toBe('idempotency.key_reused')
  expect((await api.get('/sample-notes', { token: author.token })).json.items).toEqual([first.json])
})

test('A change needs the current version, and the values that are there already change nothing.', async () => {
  const { token, ...author } = await newUser(api)
  const { path, tag, json } = await createSampleNote({ token, ...author }, 'Before')
  const same = await api.patch(path, { token, headers: { 'if-match': tag }, json: { text: 'Before' } })
  expect([same.status, same.json, same.headers.get('etag')]).toEqual([200, json, tag])
  const refused = await api.patch(path, { token, headers: { 'if-none-match': tag }, json: { text: 'No' } })
  expect(refused.json.code).toBe('precondition.failed')
  const changed = await api.patch(path, { token, headers: { 'if-match': tag }, json: { text: 'After' } })
  expect([changed.json.text, changed.json.created_at]).toEqual(['After', json.created_at])
  expect(changed.headers.get('etag')).not.toBe(tag)
  const late = await api.patch(path, { token, headers: { 'if-match': tag }, json: { text: 'Too late' } })
  expect(late.json.code).toBe('precondition.failed')
  expect((await api.get(path, { token })).json).toEqual(changed.json)
})

test('A sample note is deleted, in the version that is asked for.', async () => {
  const { token, ...author } = await newUser(api)
  const { path, tag } = await createSampleNote({ token, ...author }, 'Gone')
  const stale = await api.delete(path, { token, headers: { 'if-match': '"99"' } })
  expect(stale.json.code).toBe('precondition.failed')
  expect((await api.delete(path, { token, headers: { 'if-match': tag } })).status).toBe(204)
  expect((await api.delete(path, { token })).json.code).toBe('sample_notes.not_found')
})
