import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// node .ci/install-tools.js FOLDER…: installs the packages of folders with their own lock file, unless they are
// installed already. Wrangler, the generators and the linters of the document are larger than all other packages, and
// few people need them. So `npm ci` leaves them out, and the scripts that need them install them.

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
    // Not `npm ci`: if two versions of an optional package meet, npm leaves other platforms out of the lock file and
    // later reports that the file is out of date. `npm install` uses the versions and hashes of the lock file.
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
