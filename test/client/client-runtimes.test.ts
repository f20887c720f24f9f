import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { chromiumPath, launchChromium } from '../browser/chromium.ts'
import { bundle } from '../support/bundle.ts'
import { type HttpApp, serveApp } from '../support/http-app.ts'
import { journey } from './fixtures/journey.ts'

// The same journey in every runtime of the client.

let server: HttpApp
beforeAll(async () => {
  server = await serveApp()
})
afterAll(() => server.close())
beforeEach(() => {
  let lost = 0
  server.interfere = (line) => (line === 'POST /posts' && ++lost === 1 ? 'cut' : undefined)
})

const newName = () => `u-${crypto.randomUUID().slice(0, 12)}`
const expected = (username: string) => ({
  isRefreshed: true,
  who: username,
  replayed: 'true',
  titles: ['From afar'],
  missing: 'posts.not_found',
  aborted: 'AbortError',
  left: 204,
})

test('The client works in Node', async () => {
  const username = newName()
  expect(await journey(server.url, username)).toEqual(expected(username))
})

test('The client works with only the APIs of browsers', async () => {
  const { AbortController, AbortSignal, DOMException, FormData, Headers, Request, Response, URL } = globalThis
  const { clearTimeout, crypto, fetch, setTimeout } = globalThis
  const web = { AbortController, AbortSignal, DOMException, FormData, Headers, Request, Response, URL }
  const context = createContext({ ...web, clearTimeout, crypto, fetch, setTimeout })
  runInContext(await bundle('client/fixtures/journey.ts'), context)
  const username = newName()
  const result = await runInContext('bundle', context).journey(server.url, username)
  expect({ ...result, titles: [...result.titles] }).toEqual(expected(username))
})

test('The client works in a Worker', { timeout: 60_000 }, async () => {
  const { createTestHarness } = await import('../../worker/harness.js') // slow to load
  const main = fileURLToPath(new URL('fixtures/worker.ts', import.meta.url))
  const worker = createTestHarness({
    workers: [{ config: { name: 'client', main, compatibility_date: '2026-10-20' } }],
  })
  try {
    await worker.listen()
    // The Worker reaches the network through Node, which turns broken connections into a 500.
    let requestCount = 0
    const busy = { status: 503, headers: { 'retry-after': '0' } }
    server.interfere = (line) => (line === 'POST /posts' && ++requestCount === 1 ? busy : undefined)
    const username = newName()
    const response = await worker.fetch(`/?${new URLSearchParams({ api: server.url, username })}`)
    expect(await response.json()).toEqual({ ...expected(username), replayed: null })
    expect(requestCount).toBe(2)
  } finally {
    await worker.close()
  }
})

test.skipIf(!chromiumPath)('The client works in a browser', { timeout: 60_000 }, async () => {
  const browser = await launchChromium()
  try {
    const page = await browser.newPage()
    await page.goto(`${server.url}/docs`) // a page that may connect to its server
    await page.evaluate(`${await bundle('client/fixtures/journey.ts')}; globalThis.bundle = bundle`)
    const username = newName()
    expect(await page.evaluate(`bundle.journey(location.origin, '${username}')`)).toEqual(expected(username))
  } finally {
    await browser.close()
  }
})

test('The client and its dependencies have at most 6 kB gzipped', async () => {
  const code = await bundle('../packages/client/src/index.ts', 'esm')
  expect(gzipSync(code).length).toBeLessThan(6000)
})
