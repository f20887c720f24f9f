import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core'

/** The browser of the tests: CHROMIUM, or a usual path of the system. */
export const chromiumPath = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => path !== '' && existsSync(path))

if (!chromiumPath) {
  process.stdout.write('No Chromium here: its tests are skipped. Install one, or set CHROMIUM to its path.\n')
}

/** Starts Chromium headless, without background requests of its own. */
export function launchChromium(): Promise<Browser> {
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync']
  return chromium.launch({
    executablePath: chromiumPath ?? '',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', ...quiet],
  })
}

/** Actions of a page that a test forbids; all lists must stay empty. */
export interface Violations {
  /** Addresses outside of the server, which were blocked. */
  elsewhere: string[]
  /** Errors on the console, including violations of the Content-Security-Policy. */
  errors: string[]
  /** Addresses for which the browser would have opened its own password dialog. */
  passwordWindows: string[]
}

/** Opens a page that can reach only the server. */
export async function openPage(browser: Browser, server: string, viewport = { width: 1280, height: 900 }) {
  return watch(await browser.newPage({ viewport }), server)
}

/** Opens another page in the same browser context. */
export async function openWindow(context: BrowserContext, server: string) {
  return watch(await context.newPage(), server)
}

async function watch(page: Page, server: string) {
  page.setDefaultTimeout(40_000)
  const violations: Violations = { elsewhere: [], errors: [], passwordWindows: [] }
  page.on('console', (message) => {
    // Some tests are about refused requests.
    const isRefusal = /status of (40[01]|412)/.test(message.text())
    if (message.type() === 'error' && !isRefusal)
      violations.errors.push(`${message.text()} ${message.location().url}`)
  })
  page.on('pageerror', (error) => violations.errors.push(error.message))
  await watchNetwork(page, server, violations)
  return { page, violations }
}

/** Uses Chromium’s own protocol, since Playwright does not report when the browser would ask for a password. */
async function watchNetwork(page: Page, server: string, violations: Violations): Promise<void> {
  const session: CDPSession = await page.context().newCDPSession(page)
  session.on('Fetch.requestPaused', async ({ requestId, request: { url } }) => {
    const isOurs = url.startsWith(`${server}/`)
    if (!isOurs) violations.elsewhere.push(url)
    const response = isOurs
      ? session.send('Fetch.continueRequest', { requestId })
      : session.send('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' })
    await response.catch(() => {}) // the page may be closed
  })
  session.on('Fetch.authRequired', async ({ requestId, request }) => {
    violations.passwordWindows.push(request.url)
    const authChallengeResponse = { response: 'CancelAuth' } as const
    await session.send('Fetch.continueWithAuth', { requestId, authChallengeResponse }).catch(() => {})
  })
  await session.send('Fetch.enable', { handleAuthRequests: true })
}
