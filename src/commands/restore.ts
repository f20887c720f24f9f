import { existsSync } from 'node:fs'
import { access, mkdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { extract } from 'tar'
import { type Config, ConfigError } from '../config/config.ts'
import { lockDataFolder } from '../db/embedded/data-folder-lock.ts'
import { makeFolder, replaced } from '../db/embedded/embedded.ts'
import { startPglite } from '../db/embedded/pglite.ts'
import { refuseServer } from './backup.ts'

/**
 * Restores a backup of `gatepost backup`. An existing database is replaced only with `force`. The backup is first
 * unpacked and opened in a temporary folder, so that a bad file changes nothing.
 * @throws ConfigError
 */
export async function restore(
  config: Config,
  file: string,
  { force = false }: { force?: boolean },
): Promise<void> {
  refuseServer(config, 'pg_restore and psql put back what pg_dump has written')
  await access(file).catch(({ code }) => {
    throw new ConfigError(`${file}: cannot be read (${code}).`)
  })
  const home = resolve(config.DATA_DIR)
  makeFolder(home)
  const lock = await lockDataFolder(home)
  const unpacked = join(home, 'restoring')
  try {
    if (!force) refuseOverwriting(home)
    await rm(unpacked, { recursive: true, force: true })
    await mkdir(unpacked, { mode: 0o700 })
    await unpack(file, unpacked)
    await (await startPglite(join(unpacked, 'postgres'))).close()
    await putInPlace(unpacked, home)
  } finally {
    // With retries: after an error, the unpacking may still write a file.
    await rm(unpacked, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
    lock.release()
  }
  process.stdout.write(`Restored ${file} to ${home}.\n`)
}

function refuseOverwriting(home: string): void {
  const there = ['postgres', 'jwt-secret', replaced].find((name) => existsSync(join(home, name)))
  if (there === undefined) return
  throw new ConfigError(
    `${join(home, there)} is there already and stays as it is. To replace it with the backup, add --force; to keep it, set DATA_DIR to another folder.`,
  )
}

async function unpack(file: string, folder: string): Promise<void> {
  const isOurs = (path: string) => /^(?:\.\/)?(?:postgres(?:\/|$)|jwt-secret$)/.test(path)
  try {
    await extract({ file, cwd: folder, strict: true, filter: isOurs })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException & { code?: string }
    if (code === 'ENOSPC') throw new ConfigError(`${folder}: the disk is full; nothing was changed.`)
    throw damaged(file, message)
  }
  if (!existsSync(join(folder, 'postgres', 'PG_VERSION'))) throw damaged(file, 'no database is in it')
}

function damaged(file: string, reason: string): ConfigError {
  return new ConfigError(`${file} is damaged or no backup of Gatepost (${reason}): nothing was changed.`)
}

/** Renames the old database before moving the new one: after a crash at any moment, one of them is complete. */
async function putInPlace(unpacked: string, home: string): Promise<void> {
  const files = join(home, 'postgres')
  const old = join(home, replaced)
  if (existsSync(files)) {
    await rm(old, { recursive: true, force: true })
    await rename(files, old)
  }
  if (existsSync(join(unpacked, 'jwt-secret')))
    await rename(join(unpacked, 'jwt-secret'), join(home, 'jwt-secret'))
  await rename(join(unpacked, 'postgres'), files)
  await rm(old, { recursive: true, force: true })
}
