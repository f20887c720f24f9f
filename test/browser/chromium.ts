import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core'

/** The browser of the tests: CHROMIUM, or where systems have one. */
export const chromiumPath = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => path !== '' && existsSync(path))

if (!chromiumPath) {
  process.stdout.write('No Chromium here: its tests are skipped. Install one, or set CHROMIUM to its path.\n')
}

/** Starts Chromium without a window and without anything of its own on the network. */
export function launchChromium(): Promise<Browser> {
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync']
  return chromium.launch({
    executablePath: chromiumPath ?? '',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', ...quiet],
  })
}

/** What a page did that it should not have done; all lists stay empty. */
export interface Misdeeds {
  /** Addresses outside of the server, which were not let through. */
  elsewhere: string[]
  /** Errors on the console, violations of the Content-Security-Policy among them. */
  errors: string[]
  /** Addresses for which the browser would have asked for a password in a window of its own. */
  passwordWindows: string[]
}

/** A page that reaches nothing but the server. */
export async function openPage(browser: Browser, server: string, viewport = { width: 1280, height: 900 }) {
  return watched(await browser.newPage({ viewport }), server)
}

/** One more page of somebody's browser. */
export async function openWindow(context: BrowserContext, server: string) {
  return watched(await context.newPage(), server)
}

async function watched(page: Page, server: string) {
  page.setDefaultTimeout(15_000)
  const misdeeds: Misdeeds = { elsewhere: [], errors: [], passwordWindows: [] }
  page.on('console', (message) => {
    // A refused request is what some of the tests are about.
    const isRefusal = /status of (40[01]|412)/.test(message.text())
    if (message.type() === 'error' && !isRefusal)
      misdeeds.errors.push(`${message.text()} ${message.location().url}`)
  })
  page.on('pageerror', (error) => misdeeds.errors.push(error.message))
  await watchNetwork(page, server, misdeeds)
  return { page, misdeeds }
}

/** By Chromium's own protocol, since Playwright does not tell when the browser would ask for a password. */
async function watchNetwork(page: Page, server: string, misdeeds: Misdeeds): Promise<void> {
  const session: CDPSession = await page.context().newCDPSession(page)
  session.on('Fetch.requestPaused', async ({ requestId, request: { url } }) => {
    const isOurs = url.startsWith(`${server}/`)
    if (!isOurs) misdeeds.elsewhere.push(url)
    const answer = isOurs
      ? session.send('Fetch.continueRequest', { requestId })
      : session.send('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' })
    await answer.catch(() => {}) // the page may be closed
  })
  session.on('Fetch.authRequired', async ({ requestId, request }) => {
    misdeeds.passwordWindows.push(request.url)
    const authChallengeResponse = { response: 'CancelAuth' } as const
    await session.send('Fetch.continueWithAuth', { requestId, authChallengeResponse }).catch(() => {})
  })
  await session.send('Fetch.enable', { handleAuthRequests: true })
}
