import { setImmediate } from 'node:timers'
import { html } from 'hono/html'
import { expect, test } from 'vitest'
import { longText } from '../../src/pages/parts/long-text.ts'

// Emoji of two UTF-16 units, so that parts end within one.
const text = `'"<>&🦊`.repeat(14_000)

test('a long text is escaped as a short one is', async () => {
  expect(String(await longText(text))).toBe(String(html`${text}`))
  expect(String(await longText('<b>'))).toBe('&lt;b&gt;')
})

test('others run while a long text is escaped', async () => {
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
