import { expect, test } from 'vitest'
import { openApi } from '../support/api.ts'
import { hiddenIn, newMember, newVisitor } from '../support/visitor.ts'

// The parts of the pages that depend on the runtime. All other tests of the pages are in test/pages.

const api = await openApi()

test('The front page shows the name and state of the service, and links to everything else', async () => {
  const { text, headers } = await newVisitor(api).open('/')
  for (const path of ['/app', '/docs', '/openapi.json', '/openapi.yaml', '/app/client', '/problems'])
    expect(text).toContain(`href="${path}"`)
  expect(text).toContain('Healthy')
  expect(text).toContain('PostgreSQL')
  expect(headers.get('content-language')).toBe('en')
})

test('A first visit is less than 30 KB and one stylesheet', async () => {
  const page = await newVisitor(api).open('/app')
  const files = [...page.text.matchAll(/(?:src|href)="(\/app\/assets\/[^"]+)"/g)].map(
    ([, path]) => path ?? '',
  )
  expect(files.filter((path) => path.endsWith('.css'))).toHaveLength(1)
  let size = page.text.length
  for (const path of files) {
    const file = await api.get(path)
    expect(file.headers.get('cache-control')).toContain('immutable')
    size += file.text.length
  }
  expect(size).toBeLessThan(30_000)
})

test('A visitor can register, write, edit, comment and log out', async () => {
  const member = await newMember(api)
  const title = `Post of ${member.username}`
  const post = await member.send('/app/write', {
    title,
    body: 'A **bold** start.',
    tags: 'a, b',
    do: 'published',
  })
  expect([post.status, post.text]).toEqual([200, expect.stringContaining('<strong>bold</strong>')])
  const path = post.path.replace(/\?.*/, '')
  const etag = hiddenIn(await member.open(`${path}/edit`), 'etag')
  const changed = await member.send(`${path}/edit`, { etag, title, body: 'Changed.', do: 'published' })
  expect(changed.text).toContain('Changed.')
  expect((await member.send(`${path}/comments`, { body: 'Well said.' })).text).toContain('Well said.')
  expect((await member.open(`${path}/revisions/1`)).text).toMatch(/<del>.*start.*<\/del>/s)
  await member.send('/app/log-out', {})
  expect(member.cookies.size).toBe(0)
  expect((await member.open(path)).path).toContain('/app/log-in?next=')
})
