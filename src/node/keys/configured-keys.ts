import { readFile } from 'node:fs/promises'
import { isKeySetText } from '../../auth/keys/key-set.ts'
import type { KeySources } from '../../auth/keys/keys.ts'
import { type Config, ConfigError } from '../../config/config.ts'
import { storedSecret } from './stored-secret.ts'

/**
 * Reads the keys of the settings on Node, where JWT_KEYS may name a file. Without any, reads the secret beside the
 * embedded database; the caller must hold the lock of that folder.
 * @throws ConfigError
 */
export async function configuredKeys(config: Config): Promise<KeySources> {
  const { JWT_KEYS, JWT_SECRET, JWT_PREVIOUS_SECRETS: previousSecrets } = config
  const isProduction = config.NODE_ENV === 'production'
  if (JWT_KEYS)
    return { keySet: await keySetText(JWT_KEYS), secret: JWT_SECRET, previousSecrets, isProduction }
  return { secret: JWT_SECRET ?? (await storedSecret(config.DATA_DIR, isProduction)), previousSecrets }
}

/** The text of the key set: the value of JWT_KEYS itself, or the content of the file that it names. */
async function keySetText(value: string): Promise<string> {
  if (isKeySetText(value)) return value
  try {
    return await readFile(value, 'utf8')
  } catch (error) {
    // The message contains neither the value nor the system's message, which repeats it: it may be a mistyped key.
    const { code } = error as NodeJS.ErrnoException
    throw new ConfigError(
      `JWT_KEYS: is neither a JSON Web Key Set nor PEM, and no file with that path can be read (${code}).`,
    )
  }
}
