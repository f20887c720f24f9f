import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from '../../config/config.ts'
import { isGuessable } from '../../config/guessable-secret.ts'

/**
 * The JWT secret that lives beside the embedded database: made at first start, readable by its owner alone.
 * The folder's lock must be held. @throws ConfigError if the file is damaged, or unsafe in production
 */
export async function storedSecret(folder: string, isProduction = false): Promise<string> {
  const stored = await readStoredSecret(folder)
  const path = pathIn(folder)
  if (stored !== undefined && isProduction && isGuessable(stored))
    throw new ConfigError(
      `${path} holds a secret that can be guessed: delete it to have a new one made; everybody must then log in again.`,
    )
  if (stored !== undefined) return stored
  const secret = randomBytes(48).toString('base64url')
  // Written beside and moved: a crash leaves a whole file or none.
  await writeFile(`${path}.new`, `${secret}\n`, { mode: 0o600 })
  await rename(`${path}.new`, path)
  return secret
}

/** The same, undefined before the first start; makes nothing. @throws ConfigError if the file is damaged */
export async function readStoredSecret(folder: string): Promise<string | undefined> {
  const path = pathIn(folder)
  const stored = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  const secret = stored?.trim()
  if (secret !== undefined && secret.length < 32) {
    throw new ConfigError(
      `${path} is damaged: delete it to have a new secret made; everybody must then log in again.`,
    )
  }
  return secret
}

function pathIn(folder: string): string {
  return join(folder, 'jwt-secret')
}
