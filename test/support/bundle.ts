import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** What a bundler for browsers makes of a module below test/; as a script it sets `globalThis.bundle`. */
export async function bundle(path: string, format: 'esm' | 'iife' = 'iife'): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../${path}`, import.meta.url))],
    bundle: true,
    minify: true,
    platform: 'browser',
    write: false,
    format,
    ...(format === 'iife' && { globalName: 'bundle' }),
  })
  return outputFiles[0]?.text ?? ''
}
