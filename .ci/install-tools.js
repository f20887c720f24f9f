import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// node .ci/install-tools.js FOLDER…: installs the packages of folders that have a lock file of their own, unless they
// are there already. Few people need Wrangler, the generators or the linters of the document, and they are larger than
// all the rest, so `npm ci` leaves them out and the scripts that need them install them.

const root = fileURLToPath(new URL('..', import.meta.url))

for (const name of process.argv.slice(2)) {
  const folder = join(root, name)
  const installed = join(folder, 'node_modules/.package-lock.json')
  if (
    existsSync(installed) &&
    statSync(installed).mtimeMs >= statSync(join(folder, 'package-lock.json')).mtimeMs
  )
    continue
  process.stderr.write(`Installing the packages of ${name} …\n`)
  const options = [
    // Not `ci`: npm leaves optional packages of other platforms out of a lock file where two versions of them meet, and
    // then says that the file is not in step. `install` takes what the lock file has, with its hashes.
    'install',
    '--no-save',
    '--workspaces=false',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]
  const { status, error } = spawnSync('npm', options, { cwd: folder, stdio: ['ignore', 2, 2] })
  if (error) throw error
  if (status !== 0) {
    process.stderr.write(`The packages of ${name} could not be installed (see above).\n`)
    process.exit(1)
  }
}
