import { createWriteStream, existsSync } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { create } from 'tar'
import { type Config, ConfigError } from '../config/config.ts'
import { lockDataFolder } from '../db/embedded/data-folder-lock.ts'
import { startPglite } from '../db/embedded/pglite.ts'

/** Writes the embedded database and its JWT secret to a file that only this user may read. @throws ConfigError */
export async function backUp(config: Config, file: string): Promise<void> {
  refuseServer(config, 'pg_dump makes backups of a server')
  const home = resolve(config.DATA_DIR)
  if (!existsSync(join(home, 'postgres', 'PG_VERSION'))) {
    throw new ConfigError(`There is no database in ${home}: set DATA_DIR to the folder that has one.`)
  }
  const lock = await lockDataFolder(home)
  try {
    // Recover from a crash now rather than at the restore.
    await (await startPglite(join(home, 'postgres'))).close()
    const parts = ['postgres', 'jwt-secret'].filter((name) => existsSync(join(home, name)))
    await write(create({ cwd: home, gzip: true, portable: true }, parts), file)
  } finally {
    lock.release()
  }
  const { size } = await stat(file)
  process.stdout.write(
    `Wrote ${(size / 1e6).toFixed(1)} MB to ${file}. Keep it as safe as the database: the hashes of all passwords are in it.\n`,
  )
}

/** Refuses a PostgreSQL server, which has its own tools for this. @throws ConfigError */
export function refuseServer({ DATABASE_URL }: Config, instead: string): void {
  if (!DATABASE_URL) return
  throw new ConfigError(`DATABASE_URL: this command is for the embedded database; ${instead}.`)
}

/**
 * Writes the archive under another name and renames it when it is complete and on disk: until then an older file stays.
 */
async function write(archive: AsyncIterable<Buffer>, file: string): Promise<void> {
  const unfinished = `${file}.part`
  try {
    await rm(unfinished, { force: true })
    await pipeline(archive, createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true }))
    await rename(unfinished, file)
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {})
    const { code } = error as NodeJS.ErrnoException
    if (code) throw new ConfigError(`${file}: the backup cannot be written (${code}).`)
    throw error
  }
}
