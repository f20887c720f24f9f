import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Asset } from '../context.ts'

/** The files of swagger-ui-dist that `/docs` loads. */
const types: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css',
  'swagger-ui-bundle.js': 'text/javascript',
}

const loaded = new Map<string, Promise<Asset>>()

/** A file of Swagger UI from node_modules, read when first asked for. */
export async function swaggerUiFile(name: string): Promise<Asset | undefined> {
  const type = Object.hasOwn(types, name) ? types[name] : undefined
  if (!type) return undefined
  let asset = loaded.get(name)
  if (!asset) {
    asset = load(name, type)
    loaded.set(name, asset)
  }
  return asset
}

async function load(name: string, type: string): Promise<Asset> {
  const folder = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')))
  return { content: new Uint8Array(await readFile(join(folder, name))), type }
}
