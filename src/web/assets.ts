import { Hono } from 'hono'
import { quickHash } from '../http/quick-hash.ts'
import { script } from './enhance.ts'
import { style } from './style.ts'
import type { WebEnv } from './visit.ts'

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><rect width="20" height="20" rx="4" fill="#0b5d56"/><path d="M5 4v12M15 4v12M5 7h10M5 13h10M5 13l10-6" fill="none" stroke="#fff" stroke-width="1.6"/></svg>`

const assets = {
  'style.css': { type: 'text/css; charset=utf-8', content: style },
  'enhance.js': { type: 'text/javascript; charset=utf-8', content: script },
  'icon.svg': { type: 'image/svg+xml', content: icon },
}
type Name = keyof typeof assets

const paths = Object.fromEntries(
  Object.entries(assets).map(([name, { content }]) => [name, `/app/assets/${quickHash(content)}-${name}`]),
) as Record<Name, string>

/** The address of a file: with another content it has another one, so it can be kept for ever. */
export function assetPath(name: Name): string {
  return paths[name]
}

export const assetRoutes = new Hono<WebEnv>()
for (const name of Object.keys(assets) as Name[]) {
  const { type, content } = assets[name]
  const headers = { 'Content-Type': type, 'Cache-Control': 'public, max-age=31536000, immutable' }
  assetRoutes.get(paths[name], (c) => c.body(content, 200, headers))
}
