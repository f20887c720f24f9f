import { writeFile } from 'node:fs/promises'
import type { OpenAPIObject } from 'openapi3-ts/oas31'
import type { Deps } from '../api/context.ts'
import { createApp } from '../app.ts'
import { createTokenCache } from '../auth/api-tokens/token-cache.ts'
import { importKeys } from '../auth/keys/keys.ts'
import { inlineHasher } from '../auth/passwords/passwords.ts'
import { revocationsByLookUp } from '../auth/sessions/revocations.ts'
import { ConfigError, parseConfig } from '../config/config.ts'
import { buildDocument } from '../document/document.ts'
import { toYaml } from '../document/yaml.ts'
import { korean } from '../languages/korean.ts'
import { createLog } from '../node/log.ts'

interface DocumentOptions {
  format: 'json' | 'yaml' | '3.0' | 'postman'
  output?: string
}

/** Prints the document or writes it to a file; needs neither database nor settings. */
export async function printDocument({ format, output }: DocumentOptions): Promise<void> {
  const document = await generateDocument()
  const text = format === 'yaml' ? toYaml(document) : asJson(await inFormat(document, format))
  if (!output) return void process.stdout.write(text)
  await writeFile(output, text).catch((error: Error) => {
    throw new ConfigError(`The document could not be written: ${error.message}.`)
  })
}

function asJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

async function inFormat(document: OpenAPIObject, format: 'json' | '3.0' | 'postman'): Promise<object> {
  if (format === '3.0') return (await import('../document/down-convert.ts')).toOpenApi30(document)
  if (format === 'postman') return (await import('../document/postman.ts')).toPostman(document)
  return document
}

/** Builds the document from the routes in the source. */
export async function generateDocument() {
  const config = parseConfig({})
  const deps: Deps = {
    config,
    keys: await importKeys({ secret: 'only-to-look-at-the-routes-never-to-sign' }),
    passwords: inlineHasher(config.BCRYPT_COST),
    log: await createLog('silent'),
    revocations: revocationsByLookUp(),
    apiTokens: createTokenCache(),
    peerAddress: () => undefined,
    connect: () => {
      throw new Error('Nothing is asked of the database here.')
    },
    commonPasswords: async () => '',
    docsFile: async () => new Uint8Array(),
    document: async (app) => buildDocument(app, config),
    korean: async () => korean,
    isStopping: () => false,
    now: Date.now,
  }
  return buildDocument(createApp(deps), config)
}
