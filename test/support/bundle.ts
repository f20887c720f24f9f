import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** Bundles a module below test/ for browsers. As a script the bundle sets `globalThis.bundle`. */
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
