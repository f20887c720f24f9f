import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from '../../config/config.ts'
import { isGuessable } from '../../config/guessable-secret.ts'

/**
 * The JWT secret beside the embedded database. The first start creates it, readable only by its owner. The caller must
 * hold the lock of the folder.
 * @throws ConfigError if the file is damaged, or unsafe in production
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
  // Write a new file and rename it, so that a crash cannot leave half a secret.
  await writeFile(`${path}.new`, `${secret}\n`, { mode: 0o600 })
  await rename(`${path}.new`, path)
  return secret
}

/**
 * Reads the same secret and creates nothing; undefined before the first start.
 * @throws ConfigError if the file is damaged
 */
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
