import type { Browser, Locator, Page, Request } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '../support/server.ts'
import { rootAdmin } from '../support/settings.ts'
import { chromiumPath, launchChromium, openPage, type Violations } from './chromium.ts'

describe.skipIf(!chromiumPath)('/docs in a browser without internet', { timeout: 120_000 }, () => {
  let server: TestServer
  let browser: Browser
  let page: Page
  let violations: Violations
  let token: string

  beforeAll(async () => {
    ;[server, browser] = await Promise.all([startServer(), launchChromium()])
    const headers = { authorization: `Basic ${btoa(`${rootAdmin.username}:${rootAdmin.password}`)}` }
    const response = await fetch(`${server.url}/auth/token`, { method: 'POST', headers })
    token = ((await response.json()) as any).access_token
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })
  afterEach(async () => {
    await page.close()
    expect(violations).toEqual({ elsewhere: [], errors: [], passwordWindows: [] })
  })

  /** Opens the page at an operation, as a link to it does. */
  async function openAt(operation: string, tag: string, viewport?: { width: number; height: number }) {
    ;({ page, violations } = await openPage(browser, server.url, viewport))
    await page.goto(`${server.url}/docs#/${tag}/${operation}`)
    const block = page.locator(`#operations-${tag}-${operation}`)
    await block.locator('.opblock-body').waitFor()
    return block
  }

  async function authorize(scheme: string, values: Record<string, string>) {
    await page.locator('.btn.authorize').click()
    const form = formOf(scheme)
    for (const [name, value] of Object.entries(values)) {
      await form.locator(name === 'value' ? 'input' : `input[name=${name}]`).fill(value)
    }
    await form.locator('button[type=submit]').click()
    await form.locator('button:has-text("Logout")').waitFor()
    await page.locator('.btn-done').first().click()
  }

  /** The part of the dialog for one security scheme. */
  function formOf(scheme: string) {
    return page.locator('.auth-container').filter({ hasText: RegExp(`^\\s*${scheme}\\b`) })
  }

  /** Executes the operation, and returns the token that was sent. */
  async function sentToken(block: Locator): Promise<string | undefined> {
    const [request] = await Promise.all([
      page.waitForRequest((one) => one.url().endsWith('/auth/whoami')),
      execute(block),
    ])
    return request.headers().authorization
  }

  /** True for the request of Execute: the page itself may refresh its token before. */
  function isOperation(request: Request): boolean {
    return request.resourceType() === 'fetch' && !request.url().endsWith('/auth/refresh')
  }

  /** Presses Execute and returns the response on the page. */
  async function execute(block: Locator): Promise<{ status: number; body: any }> {
    const [response] = await Promise.all([
      page.waitForResponse((one) => isOperation(one.request())),
      block.locator('button.execute').click(),
    ])
    const shown = block.locator('.live-responses-table .response-col_status').last()
    await expect.poll(() => shown.innerText(), { timeout: 20_000 }).toContain(String(response.status()))
    return { status: response.status(), body: await response.json() }
  }

  test.for(['as it is', 'after "Bearer "'])('A token pasted %s creates a post', async (how) => {
    const block = await openAt('createPost', 'Posts')
    await authorize('accessToken', { value: how === 'as it is' ? token : `Bearer ${token}` })
    await block.locator('textarea').fill(JSON.stringify({ title: `Pasted ${how}`, body: 'From the docs.' }))
    const { status, body } = await execute(block)
    expect([status, body.title]).toEqual([201, `Pasted ${how}`])
  })

  test('A post without a token is refused', async () => {
    const { status, body } = await execute(await openAt('createPost', 'Posts'))
    expect([status, body.code]).toEqual([401, 'auth.token_missing'])
  })

  test('A log-in from Authorize works with username and password, and later requests carry the token', async () => {
    const block = await openAt('whoAmI', 'Auth')
    await authorize('basic', { username: rootAdmin.username, password: rootAdmin.password })
    const { status, body } = await execute(block)
    expect([status, body.logged_in_as]).toEqual([200, rootAdmin.username])
  })

  test('Requests carry a new token once the old one has expired', async () => {
    const block = await openAt('whoAmI', 'Auth')
    await page.clock.install()
    await authorize('basic', { username: rootAdmin.username, password: rootAdmin.password })
    const first = await sentToken(block)
    expect(await sentToken(block)).toBe(first)
    await page.clock.fastForward('20:00')
    const second = await sentToken(block)
    expect(second).not.toBe(first)
    expect(await sentToken(block)).toBe(second)
  })

  test('Requests carry the token of a log-in or registration through an operation', async () => {
    const registering = await openAt('registerUser', 'Users')
    const username = `u-${crypto.randomUUID().slice(0, 8)}`
    const account = { username, email: `${username}@example.com`, password: 'correct horse battery' }
    await registering.locator('textarea').fill(JSON.stringify(account))
    expect((await execute(registering)).status).toBe(201)
    const block = page.locator('#operations-Auth-whoAmI')
    await block.locator('.opblock-summary').click()
    expect((await execute(block)).body.logged_in_as).toBe(username)
  })

  test('The token is dropped when the password is removed', async () => {
    const block = await openAt('whoAmI', 'Auth')
    await authorize('basic', { username: rootAdmin.username, password: rootAdmin.password })
    await page.locator('.btn.authorize').click()
    await formOf('basic').locator('button:has-text("Logout")').click()
    await page.locator('.btn-done').first().click()
    expect((await execute(block)).body.code).toBe('auth.token_missing')
  })

  test('A log-in with Basic works as an operation, although an example of a body is filled in', async () => {
    const block = await openAt('createToken', 'Auth')
    await authorize('basic', { username: rootAdmin.username, password: rootAdmin.password })
    expect(await block.locator('textarea').inputValue()).toContain('"password"')
    const { status, body } = await execute(block)
    expect([status, body.user?.username]).toEqual([200, rootAdmin.username])
  })

  test('A wrong password is reported, and the browser shows no password dialog', async () => {
    const block = await openAt('createToken', 'Auth')
    await block.locator('textarea').fill(JSON.stringify({ username: rootAdmin.username, password: 'wrong' }))
    expect((await execute(block)).body.code).toBe('auth.bad_credentials')
    await page.locator('.btn.authorize').click()
    await formOf('basic').locator('input[name=username]').fill(rootAdmin.username)
    await formOf('basic').locator('input[name=password]').fill('wrong')
    await formOf('basic').locator('button[type=submit]').click()
    await formOf('basic').locator('.errors', { hasText: 'Wrong username or password' }).waitFor()
  })

  test('A link opens the operation that it names', async () => {
    const block = await openAt('createPost', 'Posts')
    expect(await block.locator('.opblock-summary-path').innerText()).toMatch(/\/posts$/)
    expect(await page.locator('.opblock-body').count()).toBe(1)
  })

  test('The page shows every operation of the document', async () => {
    await openAt('listPosts', 'Posts')
    const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as any
    const operations = Object.values<any>(document.paths).flatMap((path) => Object.keys(path))
    expect(await page.locator('.opblock').count()).toBe(operations.length)
  })

  test('The page fits the screen of a phone', async () => {
    await openAt('listPosts', 'Posts', { width: 390, height: 844 })
    const width = await page.evaluate('document.documentElement.scrollWidth')
    expect(width).toBeLessThanOrEqual(390 + 24) // Swagger UI’s own table of responses is slightly wider
  })
})
