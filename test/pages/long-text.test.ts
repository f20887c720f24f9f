import { setImmediate } from 'node:timers'
import { html } from 'hono/html'
import { expect, test } from 'vitest'
import { longText } from '../../src/pages/parts/long-text.ts'

// Each emoji has two UTF-16 units, so a part may end between them.
const text = `'"<>&🦊`.repeat(14_000)

test('A long text is escaped like a short one', async () => {
  expect(String(await longText(text))).toBe(String(html`${text}`))
  expect(String(await longText('<b>'))).toBe('&lt;b&gt;')
})

test('Other work runs while a long text is escaped', async () => {
  let rounds = 0
  const count = () => {
    rounds++
    immediate = setImmediate(count)
  }
  let immediate = setImmediate(count)
  await longText(text)
  clearImmediate(immediate)
  expect(rounds).toBeGreaterThanOrEqual(4)
})
