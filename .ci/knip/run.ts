import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

// Finds unused files, exports and dependencies. Knip has its own lock file and is installed at its first use, so that
// `npm ci` is faster.

const folder = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))

function run(command: string, args: string[], cwd: string): void {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}

const installed = `${folder}node_modules/.package-lock.json`
const isFresh =
  existsSync(installed) && statSync(installed).mtimeMs >= statSync(`${folder}package-lock.json`).mtimeMs
if (!isFresh) run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], folder)
run(
  process.execPath,
  [
    `${folder}node_modules/knip/bin/knip.js`,
    '--config',
    '.ci/knip/knip.jsonc',
    '--treat-config-hints-as-errors',
  ],
  root,
)
