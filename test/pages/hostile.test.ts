import { describe, expect, test } from 'vitest'
import { markdown as render } from '../../src/pages/markdown/markdown.ts'
import { en } from '../../src/pages/texts/en.ts'
import { openApi } from '../support/api.ts'
import { hiddenIn, newMember, newVisitor, writePost } from '../support/visitor.ts'

const api = await openApi()

const markdown = (source: string) => render(source, en)

const probes = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'><svg/onload=alert(1)>",
  '</textarea><script>alert(1)</script>',
  '</title><script>alert(1)</script>',
  '{{7*7}}<%= 7*7 %>',
  '<mark><script>alert(1)</script></mark>',
]

/** Tags and attributes that occur in a page only after an injection. */
const injected = /<(?:script>|img|svg\/|iframe|style|object|base)|\son\w+\s*=|javascript:/i

/** Text itself is harmless, so only tags and the text inside tags are checked. */
function expectClean(text: string): void {
  const tags = text.match(/<[^>]*>/g) ?? []
  expect(
    tags.filter((tag) => injected.test(tag.replace(/"[^"]*"/g, '""')) || /="javascript:/i.test(tag)),
  ).toEqual([])
}

describe('hostile input', () => {
  test.each(probes)('%s is shown as text in a post and its comments', async (probe) => {
    const member = await newMember(api)
    const path = await writePost(member, {
      title: `T ${probe}`,
      body: `B ${probe}`,
      tags: probe.slice(0, 30).replaceAll(',', ''),
    })
    await member.send(`${path}/comments`, { body: probe })
    const etag = hiddenIn(await member.open(`${path}/edit`), 'etag')
    await member.send(`${path}/edit`, { etag, title: `U ${probe}`, body: `C ${probe}`, do: 'published' })
    const conflict = await member.post(`${path}/edit`, {
      etag,
      title: `V ${probe}`,
      body: `D ${probe}`,
      tags: probe,
      do: 'published',
    })
    expectClean(conflict.text)
    const paths = ['', '/edit', '/delete', '/revisions', '/revisions/1'].map((end) => path + end)
    for (const one of [
      ...paths,
      '/app/mine',
      `/app?author=${member.username}`,
      `/app?q=${encodeURIComponent(probe)}`,
    ]) {
      const { text } = await member.open(one)
      expectClean(text)
      expect(text).not.toContain(probe)
    }
    expectClean(
      (await member.post('/app/write', { title: probe, body: probe, tags: probe, do: 'preview' })).text,
    )
  })

  test.each(probes)('%s is shown as text in every refused field, and in addresses', async (probe) => {
    const visitor = newVisitor(api)
    const responses = [
      await visitor.post('/app/register', { username: probe, email: probe, password: probe, next: probe }),
      await visitor.post('/app/log-in', {
        username: probe,
        password: probe,
        next: probe,
        why: probe,
        kept: probe,
      }),
      await visitor.post('/app/write', { title: probe, body: probe, tags: probe, [probe]: probe }),
    ]
    const member = await newMember(api)
    responses.push(
      await member.post('/app/account/profile', { username: probe, email: probe, current_password: probe }),
    )
    const encoded = encodeURIComponent(probe)
    for (const path of ['q', 'tag', 'author', 'cursor', 'done', 'next', 'why', 'username'])
      for (const page of ['/app', '/app/log-in', '/app/register'])
        responses.push(await visitor.open(`${page}?${path}=${encoded}`))
    responses.push(await visitor.open(`/app/${encoded}`))
    for (const { text, status } of responses) {
      expectClean(text)
      expect(text).not.toContain(probe)
      expect(status).toBeLessThan(500)
    }
  })

  test('The name of a device is shown as text', async () => {
    const visitor = newVisitor(api, { 'user-agent': probes[0] ?? '' })
    await visitor.send('/app/log-in', { username: api.admin.username, password: api.admin.password })
    for (const path of ['/app/account/sessions', '/app/admin/events'])
      expectClean((await visitor.open(path)).text)
  })
})

describe('Markdown', () => {
  test.each([
    ['<script>alert(1)</script>'],
    ['<img src=x onerror=alert(1)>'],
    ['[a](javascript:alert(1))'],
    ['[a](JaVaScRiPt:alert(1))'],
    ['[a](java\tscript:alert(1))'],
    ['[a](&#106;avascript:alert(1))'],
    ['[a](&#x6A;avascript&colon;alert(1))'],
    ['[a](data:text/html,<script>alert(1)</script>)'],
    ['[a](vbscript:msgbox(1))'],
    ['[a](//evil.example)'],
    ['[a](/\\evil.example)'],
    ['[a]("onmouseover="alert(1))'],
    ['[a](https://x.example/"onmouseover="alert(1))'],
    ['[a](https://x.example "t\\" onmouseover=alert(1) ")'],
    ['![a](https://evil.example/pixel.png)'],
    ['![a](x"onerror="alert(1))'],
    ['![a](javascript:alert(1))'],
    ['<https://x.example/onload=alert(1)>'],
    ['<javascript:alert(1)>'],
    ['[a]: javascript:alert(1)\n\n[a]'],
    ['```"><script>alert(1)</script>\nx\n```'],
    ['``` js"onload="alert(1)\nx\n```'],
    ['`<script>alert(1)</script>`'],
    ['| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |'],
    ['# <img src=x onerror=alert(1)>'],
    ['- [ ] <script>alert(1)</script>'],
    ['<details open ontoggle=alert(1)>'],
    ['&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['<svg><a xlink:href="javascript:alert(1)">x</a></svg>'],
    ['<!-- --><script>alert(1)</script>'],
    ['<a href="javascript:alert(1)">x</a>'],
  ])('Markdown makes no active content of %j', async (source) => {
    const out = String(await markdown(source))
    expectClean(out)
    expect(out).not.toMatch(/href="(?!https:\/\/|mailto:|\/(?![/\\])|#)/i)
    expect(out).not.toMatch(/<(?:script|img|svg|details|iframe)/i)
  })

  test('Markdown is rendered as people expect', async () => {
    const source =
      '# Title\n\nA **b** *c* `d` [e](https://x.example "t") <https://y.example> z@example.com\n\n> q\n\n1. x\n2. y\n\n- [x] done\n\n| a |\n|:-:|\n| b |\n\n~~no~~\n\n---\n\n```js\n1 < 2\n```\n'
    const out = String(await markdown(source))
    for (const part of [
      '<h2>Title</h2>',
      '<strong>b</strong>',
      '<em>c</em>',
      '<code>d</code>',
      '<a rel="nofollow ugc" href="https://x.example" title="t">e</a>',
      'href="https://y.example"',
      'href="mailto:z@example.com"',
      '<blockquote>',
      '<ol>',
      'type="checkbox"',
      '<td align="center">b</td>',
      '<del>no</del>',
      '<hr>',
      '<pre><code class="language-js">1 &lt; 2',
    ])
      expect(out).toContain(part)
    expect(out).not.toContain('<pre>#')
  })
})

test('Invalid forms are refused with a message', async () => {
  const headers = { 'sec-fetch-site': 'same-origin' }
  const json = await api.post('/app/write', { headers, json: { title: 'T' } })
  expect(json.status).toBe(415)
  const broken = await api.post('/app/write', {
    headers: { ...headers, 'content-type': 'multipart/form-data; boundary=x' },
    rawBody: 'no form',
  })
  expect(broken.status).toBe(400)
  const large = await api.post('/app/write', {
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    rawBody: `body=${'x'.repeat(1_100_000)}`,
  })
  expect(large.status).toBe(413)
  for (const { headers: answered } of [json, broken, large])
    expect(answered.get('content-type')).toMatch(/^text\/html/)
  expect(
    (await newVisitor(api).post('/app/log-in', { username: '\0', password: '\ud800' })).status,
  ).toBeLessThan(500)
})
