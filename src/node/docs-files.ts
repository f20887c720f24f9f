import { readFile } from 'node:fs/promises'
import type { DocsFile } from '../api/ports.ts'

const loaded = new Map<DocsFile, Promise<Uint8Array<ArrayBuffer>>>()

/** Reads a file of the page at /docs at its first use: our own script, or a file of Swagger UI. */
export async function docsFile(name: DocsFile): Promise<Uint8Array<ArrayBuffer>> {
  let content = loaded.get(name)
  if (!content) {
    content = load(name)
    loaded.set(name, content)
  }
  return content
}

async function load(name: DocsFile): Promise<Uint8Array<ArrayBuffer>> {
  const file = import.meta.resolve(
    name === 'docs-start.js' ? '../document/docs-start.js' : `swagger-ui-dist/${name}`,
  )
  return new Uint8Array(await readFile(new URL(file)))
}
