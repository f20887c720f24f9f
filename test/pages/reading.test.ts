import { describe, expect, test } from 'vitest'
import { openApi } from '../support/api.ts'
import { errorBeside, newMember, newVisitor, writePost } from '../support/visitor.ts'

const api = await openApi()
const visitor = newVisitor(api)
const author = await newMember(api)
const word = author.username.slice(2)
const paths = await Promise.all(
  Array.from({ length: 11 }, (_, i) =>
    writePost(author, {
      title: `Zebra ${word} ${i}`,
      body: `Stripes of ${word}`,
      tags: `t${word}, odd${i % 2}`,
    }),
  ),
)

describe('the list of posts', () => {
  test('The list shows the latest posts to everyone', async () => {
    const { status, text } = await visitor.open(`/app?author=${author.username}`)
    expect([status, text.match(/class="entry"/g)?.length]).toEqual([200, 10])
    expect(text).toContain(`by ${author.username}`)
  })

  test('The list finds words and marks them', async () => {
    const { text } = await visitor.open(`/app?q=${word}`)
    expect(text).toContain(`<mark>${word}</mark>`)
    expect((await visitor.open('/app?q=nobodywrotethis')).text).toContain('Nothing was found.')
  })

  test('The list is filtered by tags', async () => {
    const { text } = await visitor.open(`/app?tag=t${word}&tag=odd1`)
    expect(text.match(/class="entry"/g)).toHaveLength(5)
  })

  test('The list has pages', async () => {
    const first = await visitor.open(`/app?tag=t${word}`)
    const [, next = ''] = /rel="next" href="([^"]+)"/.exec(first.text) ?? []
    const second = await visitor.open(next.replaceAll('&amp;', '&'))
    expect(second.text.match(/class="entry"/g)).toHaveLength(1)
    expect(second.text).toContain('First page')
  })

  test.each(['/app?cursor=made.up', `/app?tag=${'x'.repeat(40)}`])(
    'The list shows an error for %s',
    async (path) => {
      const { status, text } = await visitor.open(path)
      expect([status, text]).toEqual([422, expect.stringContaining('role="alert"')])
    },
  )
})

describe('the page of a post', () => {
  test('A post asks for a log-in and then returns to the same page', async () => {
    const path = paths[0] ?? ''
    const newcomer = newVisitor(api)
    const logInPage = await newcomer.open(path)
    expect(logInPage.text).toContain('Please log in to see this.')
    const { path: back, text } = await newcomer.send('/app/log-in', {
      username: author.username,
      password: 'correct horse battery',
      next: path,
    })
    expect([back, text]).toEqual([path, expect.stringContaining(`Stripes of ${word}`)])
  })

  test('A post offers changes only to its author', async () => {
    const path = paths[0] ?? ''
    expect((await author.open(path)).text).toContain(`${path}/edit`)
    const other = await newMember(api)
    expect((await other.open(path)).text).not.toContain(`${path}/edit`)
    expect((await other.open(`${path}/edit`)).path).toBe(path)
  })

  test('An unknown id, a malformed id and a draft of another user are 404', async () => {
    const other = await newMember(api)
    const draft = await writePost(author, { do: 'draft' })
    for (const path of ['/app/posts/9007199254740000', '/app/posts/0', '/app/posts/x', draft])
      expect((await other.open(path)).status).toBe(404)
  })

  test('A post of a deleted author shows a message', async () => {
    const { status, text, headers } = await visitor.open('/app/nowhere')
    expect([status, headers.get('content-type')]).toEqual([404, 'text/html; charset=UTF-8'])
    expect(text).toContain('No such address')
  })
})

test('A page responds to an unsupported method with 405', async () => {
  const { status, headers } = await api.request('/app/write', {
    method: 'PUT',
    headers: { 'sec-fetch-site': 'same-origin' },
  })
  expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS, POST'])
})

test('A post can be kept as a draft, which only its author sees, and published later', async () => {
  const title = `Draft ${word}`
  const path = await writePost(author, { title, do: 'draft' })
  expect((await author.open('/app/mine?status=draft')).text).toContain(title)
  expect((await author.open('/app/mine?status=published')).text).not.toContain(title)
  expect((await visitor.open(`/app?q=${encodeURIComponent(`"${title}"`)}`)).text).toContain(
    'Nothing was found.',
  )
  expect((await author.open(path)).text).toContain('Draft</span>')
})

test('A preview shows the text and writes nothing', async () => {
  const page = await author.post('/app/write', { do: 'preview', title: 'P', body: '*seen*', tags: '' })
  expect(page.text).toContain('<em>seen</em>')
  expect(errorBeside(page, 'title')).toBeUndefined()
})
