import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type TestServer } from '../support/server.ts'
import { rootAdmin } from '../support/settings.ts'
import { chromiumPath, launchChromium, openWindow } from './chromium.ts'
import { journey } from './journey.ts'

const noViolations = { elsewhere: [], errors: [], passwordWindows: [] }

describe.skipIf(!chromiumPath)(
  'pages in a browser that can reach only the server',
  { timeout: 120_000 },
  () => {
    let server: TestServer
    let browser: Browser

    beforeAll(async () => {
      ;[server, browser] = await Promise.all([startServer(), launchChromium()])
    })
    afterAll(async () => {
      await browser?.close()
      await server?.stop()
    })

    test.for([true, false])(
      'The pages work from registration to log-out; scripts enabled: %s',
      async (javaScriptEnabled) => {
        const options = { locale: 'en-GB', javaScriptEnabled }
        const violations = await journey({ browser, server: server.url, options })
        expect(violations).toEqual(violations.map(() => noViolations))
      },
    )

    async function logIn(page: Page): Promise<void> {
      await page.goto(`${server.url}/app/log-in`)
      await page.locator('#username').fill(rootAdmin.username)
      await page.locator('#password').fill(rootAdmin.password)
      await page.locator('main button').click()
      await page.waitForURL(`${server.url}/app`)
    }

    /** Writes a post with a former version and a comment, and returns its address. */
    async function writePost(page: Page): Promise<string> {
      await page.goto(`${server.url}/app/write`)
      await page.locator('#title').fill('Everything that Markdown has')
      await page
        .locator('#body')
        .fill('# A\n\n[b](https://example.com) `c`\n\n> d\n\n- [ ] e\n\n| f |\n|---|\n| g |\n\n```\nh\n```')
      await page.locator('#tags').fill('a, b')
      await page.locator('button[value=published]').click()
      const post = page.url().replace(/\?.*/, '')
      await page.locator('#new-comment textarea').fill('A comment.')
      await page.locator('#new-comment button').click()
      await page.goto(`${post}/edit`)
      await page.locator('#body').fill('Another text.')
      await page.locator('button[value=published]').click()
      return post
    }

    /** A short summary of each violation that axe finds on the page. */
    async function faultsOf(page: Page): Promise<string[]> {
      await page.evaluate(axe.source)
      const { violations } = (await page.evaluate(
        "axe.run({ resultTypes: ['violations'] })",
      )) as axe.AxeResults
      return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${page.url()} ${id}: ${html}`))
    }

    const looks: [string, BrowserContextOptions][] = [
      [
        'English, light, desktop',
        { locale: 'en-GB', colorScheme: 'light', viewport: { width: 1280, height: 900 } },
      ],
      [
        'Korean, dark, telephone',
        { locale: 'ko-KR', colorScheme: 'dark', viewport: { width: 390, height: 844 } },
      ],
    ]

    test.for(looks)(
      'The pages are accessible and fit the screen: axe finds noViolations in %s',
      async ([, options]) => {
        const context = await browser.newContext(options)
        const { page, violations } = await openWindow(context, server.url)
        const faults: string[] = []
        const look = async (path?: string) => {
          if (path !== undefined) await page.goto(new URL(path, server.url).href)
          faults.push(...(await faultsOf(page)))
          const width = (await page.evaluate('document.documentElement.scrollWidth')) as number
          if (width > (options.viewport?.width ?? 0)) faults.push(`${page.url()} is ${width} wide`)
        }
        for (const path of [
          '/',
          '/app',
          '/app/log-in?why=expired',
          '/app/register',
          '/app/client',
          '/app?q=nothing',
        ])
          await look(path)
        for (const path of ['/problems', '/problems/posts.not_found']) await look(path)
        await logIn(page)
        const post = await writePost(page)
        for (const end of ['', '/edit', '/revisions', '/revisions/1', '/delete']) await look(post + end)
        for (const path of ['/app', '/app?tag=a', '/app/write', '/app/mine', '/app/account/sessions'])
          await look(path)
        for (const path of ['/app/account', '/app/admin/users', '/app/admin/events']) await look(path)
        await page.goto(`${server.url}/app/account`)
        await page.locator('details summary').click()
        await page.locator('details input').fill('wrong')
        await page.locator('details button').click()
        await look()
        await page.goto(`${post}/edit`)
        await page.locator('input[name=etag]').evaluate('(field) => { field.value = \'"1.1.0"\' }')
        await page.locator('button[value=published]').click()
        await look()
        expect(faults).toEqual([])
        expect({
          ...violations,
          errors: violations.errors.filter((error) => !/status of 403/.test(error)),
        }).toEqual(noViolations)
        await context.close()
      },
    )

    test('The pages can be used with only the keyboard', async () => {
      const context = await browser.newContext({ locale: 'en-GB' })
      const { page } = await openWindow(context, server.url)
      await page.goto(`${server.url}/app/log-in`)
      const focused = () =>
        page.evaluate('document.activeElement.textContent.trim() || document.activeElement.id')
      await page.keyboard.press('Tab')
      expect(await focused()).toBe('Skip to the content')
      await page.keyboard.press('Enter')
      await page.keyboard.press('Tab')
      expect(await focused()).toBe('username')
      await page.keyboard.type(rootAdmin.username)
      await page.keyboard.press('Tab')
      await page.keyboard.type(rootAdmin.password)
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'Log out' }).waitFor()
      await context.close()
    })

    test('The pages show times in the reader’s zone, and have working copy buttons', async () => {
      const permissions = ['clipboard-read', 'clipboard-write']
      const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Asia/Seoul', permissions })
      const { page } = await openWindow(context, server.url)
      await page.goto(`${server.url}/`)
      await page.getByRole('button', { name: 'Copy' }).first().click()
      await page.getByRole('button', { name: 'Copied' }).waitFor()
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
        `curl -s '${server.url}/posts?limit=3'`,
      )
      await logIn(page)
      await page.goto(`${server.url}/app/account/sessions`)
      const time = page.locator('time').first()
      const at = new Date((await time.getAttribute('datetime')) ?? '')
      const hour = new Intl.DateTimeFormat('en', { timeStyle: 'short', timeZone: 'Asia/Seoul' }).format(at)
      expect(await time.innerText()).toContain(hour)
      await context.close()
    })

    test('The pages ignore a form of another site', async () => {
      const context = await browser.newContext({ locale: 'en-GB' })
      const page = await context.newPage()
      await logIn(page)
      const form = `<form method="post" action="${server.url}/app/log-out"><button>Win a prize</button></form>`
      const evil = createServer((_request, response) =>
        response.setHeader('Content-Type', 'text/html').end(form),
      )
      await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve))
      await page.goto(`http://localhost:${(evil.address() as AddressInfo).port}/`)
      await page.getByRole('button').click()
      await page.getByRole('heading', { name: 'Cross-site request' }).waitFor()
      await page.goto(`${server.url}/app`)
      await page.getByRole('button', { name: 'Log out' }).waitFor()
      await context.close()
      evil.closeAllConnections()
      evil.close()
    })
  },
)
