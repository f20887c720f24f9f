import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SwaggerUiFile } from './docs.routes.ts'

const loaded = new Map<SwaggerUiFile, Promise<Uint8Array<ArrayBuffer>>>()

/** A file of Swagger UI from node_modules, read when first asked for. */
export async function swaggerUiFile(name: SwaggerUiFile): Promise<Uint8Array<ArrayBuffer>> {
  let content = loaded.get(name)
  if (!content) {
    content = load(name)
    loaded.set(name, content)
  }
  return content
}

async function load(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const folder = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')))
  return new Uint8Array(await readFile(join(folder, name)))
}
