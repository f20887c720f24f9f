import { Hono } from 'hono'
import { textHash } from '../../http/text-hash.ts'
import { script } from './enhance.ts'
import { style } from './style.ts'
import type { WebEnv } from './web-env.ts'

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><rect width="20" height="20" rx="5" fill="#0f6b5c"/><path d="M6 4.5v11M14 4.5v11M6 8h8M6 13h8M6 13l8-5" fill="none" stroke="#fff" stroke-width="1.5" stroke-linecap="round"/></svg>`

const assets = {
  'style.css': { type: 'text/css; charset=utf-8', content: style },
  'enhance.js': { type: 'text/javascript; charset=utf-8', content: script },
  'icon.svg': { type: 'image/svg+xml', content: icon },
}
type Name = keyof typeof assets

const paths = Object.fromEntries(
  Object.entries(assets).map(([name, { content }]) => [
    name,
    `/app/assets/${textHash(content).slice(0, 16)}-${name}`,
  ]),
) as Record<Name, string>

/** The address of a file. It contains a hash of the content, so browsers may cache it for ever. */
export function assetPath(name: Name): string {
  return paths[name]
}

export const assetRoutes = new Hono<WebEnv>()
for (const name of Object.keys(assets) as Name[]) {
  const { type, content } = assets[name]
  const headers = { 'Content-Type': type, 'Cache-Control': 'public, max-age=31536000, immutable' }
  assetRoutes.get(paths[name], (c) => c.body(content, 200, headers))
}
