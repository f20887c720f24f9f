import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { sharePostgres } from '../support/postgres.ts'
import { type Block, blocksOf, readPage, runBlocks, shellPages } from './shell-pages.ts'

// Every line of shell in the README and in docs/ runs here, as a reader would run it.

/** Why a block does not run here. */
const reasons: Record<string, string> = {
  tests: 'The tests cannot run inside themselves; .ci/run runs them in a fresh clone.',
  new: 'A test of its own runs the command in a copy of the project.',
  pack: 'test/client/client-package.test.ts makes the package and uses it.',
  conform: 'test/conform runs the whole suite.',
  worker: 'test/worker/dev-worker.test.ts runs it.',
  cloudflare: 'It needs an account at Cloudflare.',
  docker: 'It needs Docker; test/project/deploy.test.ts checks the Dockerfile.',
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const postgres = await sharePostgres()
afterAll(() => postgres.stop())

const pages = await shellPages()
const blocks = (await Promise.all(pages.map(blocksOf))).flat()
const runnable = blocks.filter(({ notRun }) => notRun === undefined)
const textOf = (some: Block[]) => some.map(({ text }) => text).join('\n')
const intro = runnable.filter(({ page, section }) => page === 'README.md' && section === '')
const [tourLines] = runnable.filter(({ page, section }) => page === 'README.md' && section === 'A tour')
const tour = textOf([...intro, ...(tourLines ? [tourLines] : [])])

/** These pages continue with the account, the tokens and the posts of the tour, so the tour runs first. */
const afterTour = ['docs/api-tokens.md', 'docs/sessions.md', 'docs/moving.md']

/** The service has been started once, so the data folder contains its secret. */
const afterStart = ['docs/keys.md']

/** The statuses of the tour: created, read, changed, created once, … and the error at its end. */
const tourStatuses = [201, 200, 200, 201, 200, 200, 200, 201, 201, 200, 200, 422, 200]

test('Every block that does not run has a reason, and every reason has a block', () => {
  const given = blocks.flatMap(({ notRun }) => notRun ?? [])
  expect([...new Set(given)].sort()).toEqual(Object.keys(reasons).sort())
})

test('Every block of shell is marked as shell', async () => {
  const others = await Promise.all(
    pages.map(async (page) => {
      const fences = [...(await readPage(page)).matchAll(/^ *```([^\n`]*)$/gm)].map(([, mark = '']) => mark)
      return fences.filter((mark) => !/^(sh( not-run=\w+)?|ts|sql|ini|mermaid|)$/.test(mark))
    }),
  )
  expect(others.flat()).toEqual([])
})

describe('the lines of shell', { timeout: 180_000 }, () => {
  test.each([...new Set(runnable.map(({ page }) => page))])(
    'The lines of %s work unchanged',
    async (page) => {
      const lines = runnable.filter((block) => block.page === page)
      const isAfterTour = afterTour.includes(page)
      const isTour = page.startsWith('README')
      const { statuses } = await runBlocks(lines, {
        postgres,
        before: isAfterTour ? tour : afterStart.includes(page) ? 'npm start' : '',
      })
      const pageStatuses = isAfterTour ? statuses.slice(tourStatuses.length) : statuses
      if (isTour) expect(statuses).toEqual(tourStatuses)
      else expect(pageStatuses.filter((status) => status >= 400)).toEqual([])
      const curls = textOf(lines).match(/\bcurl -/g) ?? []
      expect(pageStatuses).toHaveLength(curls.length)
    },
  )
})

describe('the TypeScript client', { timeout: 180_000 }, () => {
  test('The example of the client compiles, and works against a running server', async () => {
    const code = /```ts\n(.*?)\n```/s.exec(await readPage('docs/client.md'))?.[1] ?? ''
    const parent = join(root, 'node_modules/.cache')
    await mkdir(parent, { recursive: true })
    const folder = await mkdtemp(join(parent, 'client-example-'))
    try {
      const file = code.replace("'@gatepost/client'", `'${root}packages/client/src/index.ts'`)
      await writeFile(join(folder, 'example.ts'), file)
      const options = { extends: join(root, 'tsconfig.json'), files: ['example.ts'], include: [] }
      await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(options))
      const tsc = join(root, 'node_modules/.bin/tsc')
      await promisify(execFile)(tsc, ['-p', folder, '--noEmit'])
      const script = `sed "s/:3000/:$PORT/" '${join(folder, 'example.ts')}' > example.ts`
      const block = { page: 'docs/client.md', section: '', notRun: undefined }
      const { stdout } = await runBlocks([{ ...block, text: `npm start\n${script}\n"$NODE" example.ts` }], {
        postgres,
      })
      expect(stdout).toBe('Hello\nHello\n')
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
