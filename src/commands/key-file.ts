import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import type { Jwk } from '../auth/keys/jwk.ts'
import { isPem, parseKeySet, readKeySet } from '../auth/keys/key-set.ts'
import { ConfigError } from '../config/config.ts'

/** Creates a file with keys that only its owner may read. @throws ConfigError if the file exists; it is kept */
export async function createKeyFile(path: string, keys: readonly Jwk[]): Promise<void> {
  await readKeySet(JSON.stringify({ keys }), { name: path })
  await named(path, () => writeNew(path, keys, { mode: 0o600 }))
}

/**
 * Replaces the keys in a file and keeps its owner and mode. At every moment the file has either the old or the new
 * keys.
 * @throws ConfigError if it cannot be read or written, or if its keys are unusable before or after the change
 */
export async function changeKeyFile(path: string, change: (keys: Jwk[]) => Promise<Jwk[]>): Promise<void> {
  const text = await readKeyFile(path)
  if (isPem(text))
    throw new ConfigError(`${path}: is PEM; only the keys of a JSON Web Key Set can be changed.`)
  const keys = parseKeySet(text, path)
  await readKeySet(text, { name: path })
  const changed = await change(keys)
  await readKeySet(JSON.stringify({ keys: changed }), { name: path })
  await named(path, async () => {
    const real = await realpath(path)
    const next = `${real}.new`
    await writeNew(next, changed, await stat(real))
    await rename(next, real)
  })
}

/** The text of a file with keys. @throws ConfigError */
export async function readKeyFile(path: string): Promise<string> {
  return named(path, () => readFile(path, 'utf8'))
}

interface Owner {
  mode: number
  uid?: number
  gid?: number
}

/** Never overwrites a file: of two commands at the same time, one fails and no key is lost. */
async function writeNew(path: string, keys: readonly Jwk[], { mode, uid, gid }: Owner): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    if (uid !== undefined && gid !== undefined) await file.chown(uid, gid)
    await file.chmod(mode & 0o777)
    await file.writeFile(`${JSON.stringify({ keys }, null, 2)}\n`)
    await file.sync()
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await file.close()
  }
}

/** Adds the name of the file to an error. */
async function named<T>(path: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use()
  } catch (error) {
    const { code, path: at = path } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') throw new ConfigError(`${at}: exists already, and is not overwritten.`)
    if (code === 'ENOENT') throw new ConfigError(`${at}: there is no such file or folder.`)
    if (code) throw new ConfigError(`${at}: cannot be read or written (${code}).`)
    throw error
  }
}
