import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { startServer } from '../support/server.ts'

const entities: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
}

test('The curl lines of the front page work unchanged, and a second time', async () => {
  await using server = await startServer()
  const page = await (await fetch(server.url)).text()
  const lines = [...page.matchAll(/<pre[^>]*><code>([^<]*)<\/code>/g)].map(([, line = '']) =>
    line.replace(/&\w+;|&#\d+;/g, (entity) => entities[entity] ?? entity),
  )
  expect(lines).toHaveLength(5)
  const script = lines.map((line) => `${line}\necho`).join('\n')
  for (const registered of ['access_token', 'users.username_taken']) {
    const { stdout } = await promisify(execFile)('bash', ['-e', '-c', script])
    const [list, account, , me, post] = stdout.split('\n')
    expect(JSON.parse(list ?? '')).toMatchObject({ items: expect.any(Array) })
    expect(account).toContain(registered)
    expect(JSON.parse(me ?? '')).toMatchObject({ logged_in_as: 'ada' })
    expect(JSON.parse(post ?? '')).toMatchObject({ title: 'Hello, world' })
  }
})
