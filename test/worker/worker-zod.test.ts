import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

test('The Worker’s subset of Zod contains everything that the source uses', async () => {
  const { z } = await import(new URL('../../worker/zod.js', import.meta.url).href)
  const folder = new URL('../../src/', import.meta.url)
  const used = new Set<string>()
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith('.ts')) continue
    const source = await readFile(new URL(name, folder), 'utf8')
    for (const [, called, named = called] of source.matchAll(/\bz\.(\w+(?:\.\w+)?)\(|instanceof z\.(\w+)/g))
      used.add(named ?? '')
  }
  expect(used.size).toBeGreaterThan(10)
  const isThere = (path: string) => path.split('.').reduce((part, key) => part?.[key], z) !== undefined
  expect([...used].filter((path) => !isThere(path))).toEqual([])
})
