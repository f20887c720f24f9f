import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const hook = new URL('../../bin/quick-start.js', import.meta.url).href
const folder = mkdtempSync(join(tmpdir(), 'gatepost-quick-start-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What a program prints that starts as Gatepost does. */
function run(source: string, env: Record<string, string> = {}): string {
  const file = join(folder, 'program.mjs')
  writeFileSync(file, source)
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', hook, file], {
    env: { PATH: process.env.PATH ?? '', ...env },
    encoding: 'utf8',
  })
  return stdout.trim() || stderr
}

const src = new URL('../../src/', import.meta.url).href
const drizzle = import.meta.resolve('drizzle-orm')

test('Drizzle is one, whoever imports it', () => {
  const table = `await import('${src}users/users.table.ts')`
  const columns = `await import('${new URL('column.js', drizzle).href}')`
  expect(
    run(`const { users } = ${table}; const { Column } = ${columns}; console.log(users.id instanceof Column)`),
  ).toBe('true')
})

test('Others find their own Drizzle, and what is CommonJS in it stays so', () => {
  const other = join(folder, 'node_modules/drizzle-orm')
  const dependency = join(other, 'node_modules/dependency')
  mkdirSync(dependency, { recursive: true })
  writeFileSync(join(other, 'package.json'), '{ "type": "module", "exports": "./index.js" }')
  writeFileSync(join(other, 'index.js'), "export { default as name } from 'dependency'")
  writeFileSync(join(dependency, 'package.json'), '{ "main": "./index.js" }')
  writeFileSync(join(dependency, 'index.js'), "module.exports = require('./name.js')")
  writeFileSync(join(dependency, 'name.js'), "module.exports = 'another one'")
  const ours = `await import('${src}db/prepared.ts')`
  expect(run(`${ours}; const { name } = await import('drizzle-orm'); console.log(name)`)).toBe('another one')
})

test('Threads know where compiled code is kept, also when the setting is empty', () => {
  const print = 'console.log(process.env.NODE_COMPILE_CACHE)'
  expect(run(print, { NODE_COMPILE_CACHE: '' })).toBe(join(tmpdir(), 'node-compile-cache'))
  expect(run(print, { NODE_COMPILE_CACHE: join(folder, 'kept') })).toBe(join(folder, 'kept'))
})
