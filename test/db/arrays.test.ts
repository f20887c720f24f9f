import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DatabaseHandle, openPostgres } from '../../src/db/database.ts'
import { sharePostgres, type TestPostgres } from '../support/postgres.ts'
import { rowsOf } from './fixtures/queries.ts'

let server: TestPostgres
let handle: DatabaseHandle

beforeAll(async () => {
  server = await sharePostgres()
  handle = openPostgres({ url: server.url, connections: 1, timeout: 5000 })
}, 30_000)
afterAll(async () => {
  await handle?.close()
  await server?.stop()
})

/** The array that PostgreSQL sends, as this driver parses it. */
async function read(text: ReturnType<typeof sql>) {
  const [row] = await rowsOf<{ value: unknown }>(handle.connect('write'), sql`select ${text} as value`)
  return row?.value
}

const samples = [
  '',
  'a',
  'word',
  '"',
  '\\',
  ',',
  '{',
  '}',
  '[',
  ']',
  '=',
  ' ',
  '\n',
  'NULL',
  'null',
  '한국어',
  "'",
  '{}',
  '[0:1]=',
]

test('Arrays of any texts are read back unchanged', async () => {
  let seed = 20_261_121
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((seed / 2_147_483_648) * below)
  }
  const textOf = () => Array.from({ length: random(4) }, () => samples[random(samples.length)]).join('')
  const arrays = Array.from({ length: 300 }, () => Array.from({ length: random(5) }, textOf))
  for (const array of arrays) {
    const json = JSON.stringify(array)
    expect(await read(sql`array(select jsonb_array_elements_text(${json}::text::jsonb))`), json).toEqual(
      array,
    )
  }
})

test.each([
  ['array[null, null]::text[]', [null, null]],
  ["array['NULL', null, 'x']", ['NULL', null, 'x']],
  [
    "array[['a', 'b'], ['c', 'd']]",
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  ["'[5:6]={a,b}'::text[]", ['a', 'b']],
  ['array[1, 2, null]', [1, 2, null]],
  ['array[]::int[]', []],
  ["array['019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e'::uuid]", ['019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e']],
])('The array %s is read correctly', async (expression, value) => {
  expect(await read(sql.raw(expression))).toEqual(value)
})
