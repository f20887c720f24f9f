import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '../support/server.ts'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const isThere = existsSync(executablePath)
if (!isThere) process.stdout.write(`Browser tests are skipped: there is no Chromium at ${executablePath}.\n`)

let server: TestServer
let browser: Browser

beforeAll(async () => {
  if (!isThere) return
  server = await startServer()
  const quiet = [
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
  ]
  browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-sync', ...quiet],
  })
})

afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

/** /docs in a browser that reaches this server alone; what it complains about and what it asks for elsewhere. */
async function openDocs(fragment = '') {
  const page = await browser.newPage()
  const complaints: string[] = []
  const elsewhere: string[] = []
  page.on('console', (message) => {
    // A failed request is a matter of the test that makes it.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
      complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`))
  await page.route('**/*', (route) => {
    const { origin, protocol } = new URL(route.request().url())
    if (origin === server.url || protocol === 'data:') return route.continue()
    elsewhere.push(route.request().url())
    return route.abort()
  })
  await page.goto(`${server.url}/docs${fragment}`)
  await page.locator('#operations-Posts-createPost').waitFor()
  return { page, complaints, elsewhere }
}

async function authorize(page: Page, fill: () => Promise<void>): Promise<void> {
  await page.locator('.auth-wrapper > .authorize').click()
  await fill()
  await page.locator('.modal-ux .btn-done').first().click()
}

/** Opens an operation, sends its example, and gives the status of the answer. */
async function tryOut(page: Page, id: string, body?: string): Promise<string> {
  const operation = page.locator(`#operations-${id}`)
  if (!(await operation.locator('.opblock-body').isVisible()))
    await operation.locator('.opblock-summary-control').click()
  if (body !== undefined) await operation.locator('textarea.body-param__text').fill(body)
  const answer = page.waitForResponse((response) => response.request().resourceType() === 'fetch')
  await operation.locator('.btn.execute').click()
  const status = String((await answer).status())
  // What the page shows is what was answered.
  await operation.locator('.live-responses-table .response-col_status', { hasText: status }).waitFor()
  return status
}

async function register(): Promise<{ username: string; token: string }> {
  const username = `u-${crypto.randomUUID().slice(0, 12)}`
  const answer = await fetch(`${server.url}/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, email: `${username}@example.com`, password: 'correct horse battery' }),
  })
  return { username, token: ((await answer.json()) as { access_token: string }).access_token }
}

describe.skipIf(!isThere)('/docs in a browser without internet', () => {
  test('shows every tag, asks for nothing elsewhere and complains of nothing', async () => {
    const { page, complaints, elsewhere } = await openDocs()
    expect(await page.locator('.opblock-tag').count()).toBeGreaterThan(4)
    expect([complaints, elsewhere]).toEqual([[], []])
    await page.close()
  })

  test.each([
    ['as it is', ''],
    ['after Bearer', 'Bearer '],
  ])('writes a post with a token pasted %s', async (_how, prefix) => {
    const { token } = await register()
    const { page, complaints } = await openDocs()
    await authorize(page, async () => {
      const form = page.locator('.modal-ux .auth-container', { hasText: /^accessToken/ })
      await form.locator('input').fill(prefix + token)
      await form.locator('button.authorize').click()
    })
    expect(await tryOut(page, 'Posts-createPost')).toBe('201')
    expect(complaints).toEqual([])
    await page.close()
  })

  test('logs in with the example of the body changed, and refuses a wrong password without a window', async () => {
    const { username } = await register()
    const { page, complaints } = await openDocs()
    const wrong = JSON.stringify({ username, password: 'wrong horse battery' })
    expect(await tryOut(page, 'Auth-createToken', wrong)).toBe('401')
    const right = JSON.stringify({ username, password: 'correct horse battery' })
    expect(await tryOut(page, 'Auth-createToken', right)).toBe('200')
    expect(complaints).toEqual([])
    await page.close()
  })

  test('logs in with Basic', async () => {
    const { username } = await register()
    const { page } = await openDocs()
    await authorize(page, async () => {
      const form = page.locator('.modal-ux .auth-container', { hasText: 'basic' })
      await form.locator('input[name="username"]').fill(username)
      await form.locator('input[name="password"]').fill('correct horse battery')
      await form.locator('button.authorize').click()
    })
    expect(await tryOut(page, 'Auth-createToken')).toBe('200')
    await page.close()
  })

  test('opens an operation by its address', async () => {
    const { page } = await openDocs('#/Posts/createPost')
    await page.locator('#operations-Posts-createPost .opblock-body').waitFor()
    await page.close()
  })
})
