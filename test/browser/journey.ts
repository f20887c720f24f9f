import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'
import { openWindow, type Violations } from './chromium.ts'

const password = 'correct horse battery'
const nextPassword = 'another horse battery'

/** A word that no other text contains, so that a search finds only this post. */
const newWord = () => `w${crypto.randomUUID().replaceAll('-', '')}`

interface Journey {
  browser: Browser
  server: string
  options: BrowserContextOptions
}

/** Does everything from registration to log-out with clicks and keys only. @returns the violations of each page */
export async function journey({ browser, server, options }: Journey): Promise<Violations[]> {
  const [here, there] = [await browser.newContext(options), await browser.newContext(options)]
  const violations: Violations[] = []
  const windowOf = async (context: typeof here) => {
    const opened = await openWindow(context, server)
    violations.push(opened.violations)
    return opened.page
  }
  try {
    const page = await windowOf(here)
    const username = await register(page, server)
    const word = newWord()
    const post = await write(page, word)
    await editInTwoWindows(page, await windowOf(here), post)
    await search(page, word)
    await comment(page)
    await endOtherSession(page, await windowOf(there), { username, server })
    await leave(page)
    return violations
  } finally {
    await here.close()
    await there.close()
  }
}

async function register(page: Page, server: string): Promise<string> {
  const username = `b-${crypto.randomUUID().slice(0, 12)}`
  await page.goto(`${server}/`)
  await page.getByRole('link', { name: 'Look around' }).click()
  await page.getByRole('link', { name: 'Register' }).click()
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('E-mail address').fill(`${username}@example.com`)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Register' }).click()
  await page.getByText('Welcome!').waitFor()
  return username
}

async function write(page: Page, word: string): Promise<string> {
  await page.getByRole('navigation').getByRole('link', { name: 'Write' }).click()
  await page.getByLabel('Title').fill(`About ${word}`)
  await page.getByLabel('Text').fill('The **first** version.')
  await page.getByLabel('Tags').fill('garden, 발코니')
  await page.getByRole('button', { name: 'Publish' }).click()
  await page.getByRole('heading', { name: `About ${word}` }).waitFor()
  expect(await page.locator('.prose strong').innerText()).toBe('first')
  return page.url().replace(/\?.*/, '')
}

async function editInTwoWindows(page: Page, other: Page, post: string): Promise<void> {
  await page.getByRole('link', { name: 'Edit' }).click()
  await other.goto(`${post}/edit`)
  await other.getByLabel('Text').fill('The **second** version.')
  await other.getByRole('button', { name: 'Save', exact: true }).click()
  await other.getByText('Saved.').waitFor()
  await page.getByLabel('Text').fill('The **third** version.')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Somebody else has changed this post meanwhile.').waitFor()
  expect(await page.locator('ins').innerText()).toContain('second')
  expect(await page.getByLabel('Text', { exact: true }).last().inputValue()).toBe('The **third** version.')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  expect(await page.locator('.prose strong').innerText()).toBe('third')
}

async function search(page: Page, word: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: 'Posts', exact: true }).click()
  await page.getByRole('searchbox').fill(word)
  await page.getByRole('button', { name: 'Search' }).click()
  expect(await page.locator('.entry').count()).toBe(1)
  await page.getByRole('link', { name: `About ${word}` }).click()
}

async function comment(page: Page): Promise<void> {
  await page.getByLabel('Your comment').fill('Well said.\nIf I may say so.')
  await page.getByRole('button', { name: 'Comment' }).click()
  await page.getByRole('heading', { name: '1 comment' }).waitFor()
  expect(await page.locator('.comment .text').innerText()).toBe('Well said.\nIf I may say so.')
}

async function endOtherSession(
  page: Page,
  other: Page,
  { username, server }: { username: string; server: string },
) {
  await other.goto(`${server}/app/mine`)
  await other.getByText('Please log in to see this.').waitFor()
  await other.getByLabel('Username').fill(username)
  await other.getByLabel('Password').fill(password)
  await other.getByRole('button', { name: 'Log in' }).click()
  await other.getByRole('heading', { name: 'My posts' }).waitFor()
  await page.getByRole('navigation').getByRole('link', { name: username }).click()
  await page.getByRole('link', { name: 'Where I am logged in' }).click()
  await page.getByRole('button', { name: /^End this one/ }).click()
  await page.getByText('Ended.').waitFor()
  await other.getByRole('link', { name: 'Drafts' }).click()
  await other.getByText('Your session was ended').waitFor()
}

async function leave(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'My account' }).first().click()
  const change = page.getByRole('region', { name: 'Change password' })
  await change.getByLabel('Current password').fill(password)
  await change.getByLabel('New password').fill(nextPassword)
  await change.getByRole('button').click()
  await page.getByText('Your password was changed').waitFor()
  await page.getByText('Delete account').click()
  await page.locator('details').getByLabel('Password').fill(nextPassword)
  await page.getByRole('button', { name: 'Delete for good' }).click()
  await page.getByText('Your account is gone').waitFor()
  expect(await page.context().cookies()).toEqual([])
}
