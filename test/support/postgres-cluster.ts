import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, mkdtemp, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryRoot } from './postgres-binaries.ts'
import { type RunAs, removeFolder } from './processes.ts'

const run = promisify(execFile)
const environment = { PATH: process.env.PATH, LC_ALL: 'C' }

interface NewCluster {
  /** The folder that contains `bin/initdb`. */
  binaries: string
  /** The folder in which `data` is created. */
  folder: string
  runAs: RunAs
}

/**
 * Creates a cluster in `folder` and returns the password of its superuser. `initdb` takes seconds of CPU and a copy
 * much less, so `initdb` runs once for each version of PostgreSQL and user. The template is kept in the temporary
 * folder.
 */
export async function copyCluster({ binaries, folder, runAs }: NewCluster): Promise<string> {
  const template = await templateCluster(binaries, runAs)
  await run('cp', ['-a', join(template, 'data'), folder], runAs)
  return readFile(join(template, 'password'), 'utf8')
}

async function templateCluster(binaries: string, runAs: RunAs): Promise<string> {
  const { stdout: version } = await run(join(binaries, 'bin/postgres'), ['--version'])
  const options = [
    '--username=postgres',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C', // the builtin provider sorts and folds case the same way on every machine
    // Older versions have no builtin provider: with C they fold the case of ASCII only.
    ...(Number(/ (\d+)/.exec(version)?.[1]) < 17
      ? []
      : ['--locale-provider=builtin', '--builtin-locale=C.UTF-8']),
    '--no-sync',
  ]
  const hash = createHash('sha256')
    .update([version, ...options].join('\n'))
    .digest('hex')
    .slice(0, 16)
  const root = temporaryRoot(runAs)
  const owner = runAs.uid ?? process.getuid?.()
  const template = join(root, `gatepost-cluster-${owner}-${hash}`)
  if (existsSync(template)) return ofUser(template, owner)

  const folder = await mkdtemp(join(root, 'gatepost-cluster-'))
  try {
    // Without a password of the superuser, everybody on this machine could run programs as this user.
    const passwordFile = join(folder, 'password')
    await writeFile(passwordFile, randomBytes(12).toString('hex'), { mode: 0o600 })
    for (const path of [folder, passwordFile]) {
      if (runAs.uid !== undefined && runAs.gid !== undefined) await chown(path, runAs.uid, runAs.gid)
    }
    const places = [`--pgdata=${join(folder, 'data')}`, `--pwfile=${passwordFile}`]
    await run(join(binaries, 'bin/initdb'), [...places, ...options], { env: environment, ...runAs })
    // Fails if another test process was faster; its template is equal.
    await rename(folder, template).catch(() => {})
  } finally {
    await removeFolder(folder)
  }
  return ofUser(template, owner)
}

/** The temporary folder is writable for everybody, and the settings of a cluster can name programs to run. */
async function ofUser(folder: string, uid: number | undefined): Promise<string> {
  if ((await stat(folder)).uid === uid || uid === undefined) return folder
  throw new Error(`${folder} belongs to another user: remove it.`)
}
