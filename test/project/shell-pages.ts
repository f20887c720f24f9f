import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { prepareDataFolder } from '../support/data-folder.ts'
import type { TestPostgres } from '../support/postgres.ts'
import { freePort } from '../support/processes.ts'
import { jwtSecret } from '../support/settings.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A block of shell on a page of documentation. */
export interface Block {
  page: string
  /** The heading above the block; empty before the first heading of the second level. */
  section: string
  text: string
  /** Why no test runs the block: the word after `not-run=`. */
  notRun: string | undefined
}

/** The README in both languages, and docs/. coming-from-flask.test.ts runs the lines of its own two pages. */
export async function shellPages(): Promise<string[]> {
  const names = await readdir(join(root, 'docs'))
  const docs = names.filter((name) => name.endsWith('.md') && !name.startsWith('coming-from-flask')).sort()
  return ['README.md', 'README.ko.md', ...docs.map((name) => `docs/${name}`)]
}

export const readPage = (page: string) => readFile(join(root, page), 'utf8')

/** The blocks of a page, in order. */
export async function blocksOf(page: string): Promise<Block[]> {
  const text = await readPage(page)
  const parts = /^## ([^\n]+)$|^( *)```sh(?: not-run=(\w+))?\n(.*?)\n\2```$/gms
  let section = ''
  return [...text.matchAll(parts)].flatMap(([, heading, indent, notRun, code = '']) => {
    if (heading !== undefined) section = heading
    if (indent === undefined) return []
    return [{ page, section, text: code.replaceAll(`\n${indent}`, '\n').trimStart(), notRun }]
  })
}

/**
 * A reader’s terminal. npm and npx run this clone, where everything is installed. `npm start` runs in the
 * background once the service is ready; commands on the embedded database stop it first. The status of each
 * response goes to standard error.
 */
const terminal = `
set -eo pipefail
trap stop_service EXIT
stop_service() {
  [ -f service.pid ] || return 0
  kill "$(cat service.pid)" 2>/dev/null || true
  until [ -f service.ended ] || [ ! -d . ] || ! kill -0 "$(cat service.pid)" 2>/dev/null; do sleep 0.05; done
}
start_service() {
  stop_service
  rm -f service.pid service.ended
  ( "$NODE" "$PROGRAM" start "$@" >service.log 2>&1 & echo $! >service.pid; wait $! || true; touch service.ended ) >/dev/null 2>&1 &
  until command curl -sf -o readyz "http://127.0.0.1:$PORT/readyz"; do
    if [ -f service.ended ]; then cat service.log >&2; return 1; fi
    sleep 0.05
  done
}
npm() {
  case "$1" in
    ci) ;;
    start) shift; if [ "$1" = -- ]; then shift; fi; start_service "$@" ;;
    *) echo "The test does not know npm $*." >&2; return 1 ;;
  esac
}
npx() {
  if [ "$1" != gatepost ]; then echo "The test does not know npx $*." >&2; return 1; fi
  shift
  if [ "$1" != conform ]; then stop_service; fi
  "$NODE" "$PROGRAM" "$@"
}
curl() { command curl -w '%{stderr}%{http_code}\\n' "$@"; }
`

interface Terminal {
  postgres: TestPostgres
  /** Shell code to run before the blocks, in the same shell. */
  before?: string
}

/**
 * Runs the blocks of one page in bash, in an empty folder. Each section has its own shell, so exported variables do
 * not reach the next section. @throws if a line fails, with its output
 */
export async function runBlocks(blocks: readonly Block[], { postgres, before = '' }: Terminal) {
  const folder = await mkdtemp(join(tmpdir(), 'gatepost-shell-'))
  try {
    await prepareDataFolder(join(folder, 'data'))
    const port = String(await freePort())
    const sections = Map.groupBy(blocks, ({ section }) => section)
    const script = [terminal, before]
    for (const [section, inIt] of sections) {
      const lines = inIt.map(({ text }) => text).join('\n')
      script.push(section === '' ? lines : `(\n${lines}\n)`)
    }
    const text = await onThisMachine(script.join('\n'), { postgres, port })
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', text], {
      cwd: folder,
      env: {
        PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
        HOME: folder,
        NODE: process.execPath,
        PROGRAM: join(root, 'bin/gatepost.js'),
        PORT: port,
        LOG_LEVEL: 'warn',
        SHUTDOWN_DELAY: '0',
        BCRYPT_COST: text.includes('NODE_ENV=production') ? '10' : '4',
      },
      timeout: 170_000,
    })
    return { stdout, statuses: [...stderr.matchAll(/^\d{3}$/gm)].map(Number) }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
}

/** Replaces the port, secrets and databases of a reader by those of the test; equal names are one database. */
async function onThisMachine(script: string, { postgres, port }: { postgres: TestPostgres; port: string }) {
  const address = /postgres:\/\/[^\s@]+@db\.internal:5432\/\w+/g
  let text = script.replaceAll('127.0.0.1:3000', `127.0.0.1:${port}`)
  for (const example of new Set(script.match(address)))
    text = text.replaceAll(example, await postgres.createDatabase())
  return text.replaceAll(/JWT_SECRET=…/g, `JWT_SECRET=${jwtSecret}`)
}
