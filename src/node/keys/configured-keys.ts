import { readFile } from 'node:fs/promises'
import { isKeySetText } from '../../auth/keys/key-set.ts'
import type { KeySources } from '../../auth/keys/keys.ts'
import { type Config, ConfigError } from '../../config/config.ts'
import { storedSecret } from './stored-secret.ts'

/**
 * What the settings say of keys, on Node, where they may be in files. Without any, the secret beside the
 * embedded database is used: its folder's lock must then be held. @throws ConfigError
 */
export async function configuredKeys(config: Config): Promise<KeySources> {
  const { JWT_KEYS, JWT_SECRET, JWT_PREVIOUS_SECRETS: previousSecrets } = config
  const isProduction = config.NODE_ENV === 'production'
  if (JWT_KEYS)
    return { keySet: await keySetText(JWT_KEYS), secret: JWT_SECRET, previousSecrets, isProduction }
  return { secret: JWT_SECRET ?? (await storedSecret(config.DATA_DIR, isProduction)), previousSecrets }
}

/** The key set itself, which the value of JWT_KEYS is or leads to. */
async function keySetText(value: string): Promise<string> {
  if (isKeySetText(value)) return value
  try {
    return await readFile(value, 'utf8')
  } catch (error) {
    // Neither the value nor the message, which holds it: it may be a mangled key.
    const { code } = error as NodeJS.ErrnoException
    throw new ConfigError(
      `JWT_KEYS: is neither a JSON Web Key Set nor PEM, and no file with that path can be read (${code}).`,
    )
  }
}
