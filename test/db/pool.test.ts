import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type Purpose, spread, stuck } from '../../src/db/postgres/pool.ts'

/** Connections with so many queries waiting. */
const lines = (...loads: number[]) => loads.map((load) => ({ load: () => load }))

const chosen = (choose: ReturnType<typeof spread>, purpose: Purpose, times: number) =>
  new Set(Array.from({ length: times }, () => choose(purpose)))

test('Reading, listing, searching and writing have connections of their own', () => {
  const all = lines(0, 0, 0, 0, 0, 0, 0, 0)
  const choose = spread(all)
  const writing = chosen(choose, 'write', 20)
  const searching = chosen(choose, 'slow', 20)
  const listing = chosen(choose, 'list', 500)
  const reading = chosen(choose, 'read', 500)
  expect([writing.size, searching.size, listing.size, reading.size]).toEqual([3, 2, 2, 1])
  expect(new Set([...writing, ...searching, ...listing, ...reading]).size).toBe(all.length)
})

test.each(['read', 'list'] as const)(
  'Of one turn, each %s shares a connection, and those of the next take one with less to do',
  async (purpose) => {
    const choose = spread(lines(0, 0, 0, 0, 0, 0, 0, 0))
    const [first] = chosen(choose, purpose, 5)
    expect(chosen(choose, purpose, 5)).toEqual(new Set([first]))
    await turnOfTheLoop()
    if (first) first.load = () => stuck // something slow is on it
    const later = chosen(choose, purpose, 5)
    expect(later.size).toBe(1)
    expect(later).not.toEqual(new Set([first]))
  },
)

test('Batches of one turn share a connection for writes', async () => {
  const all = lines(0, 0, 0, 0, 0, 0, 0, 0)
  const choose = spread(all)
  const batches = chosen(choose, 'batch', 16)
  expect(batches.size).toBe(1)
  expect(chosen(choose, 'batch', 1)).not.toEqual(batches)
  await turnOfTheLoop()
  expect(chosen(choose, 'batch', 16)).not.toEqual(batches)
  expect(chosen(choose, 'write', 20)).toEqual(new Set(all.slice(5)))
  expect(all.slice(5)).toEqual(expect.arrayContaining([...batches]))
})

test('More reads in a turn than one connection should have go to the next one', () => {
  expect(chosen(spread(lines(...Array<number>(16).fill(0))), 'read', 33).size).toBe(2)
})

test.each([1, 2, 3, 7])('Where there are only %i, all are for everything', (count) => {
  const choose = spread(lines(...Array<number>(count).fill(0)))
  expect(chosen(choose, 'write', 10).size).toBe(count)
  expect(chosen(choose, 'slow', 10).size).toBe(count)
  expect(chosen(choose, 'read', 300).size).toBe(count)
})

test('A write takes the connection with the least to do', () => {
  const all = lines(0, 0, 0, 0, 3, 2, 1, 2)
  expect([...chosen(spread(all), 'write', 10)]).toEqual([all[6]])
})

test('Where all of a kind are stuck, others are used', async () => {
  const [lists, searches, writes] = [
    [1, 2],
    [3, 4],
    [5, 6, 7],
  ]
  const others = { read: [...lists, ...searches, ...writes], list: searches, write: [...lists, ...searches] }
  for (const purpose of ['read', 'list', 'write'] as const) {
    const all = lines(...Array.from({ length: 8 }, (_, at) => (others[purpose].includes(at) ? 0 : stuck)))
    const spare = others[purpose].map((at) => all[at])
    expect(spare).toEqual(expect.arrayContaining([...chosen(spread(all), purpose, 20)]))
  }
})

test('What is slow never leaves its connections, and nothing but reads gets to those for reads', () => {
  const all = lines(0, 0, 0, stuck, stuck, 0, 0, 0)
  expect(chosen(spread(all), 'slow', 20)).toEqual(new Set(all.slice(3, 5)))
  const busy = spread(lines(0, stuck, stuck, stuck, stuck, stuck, stuck, stuck))
  for (const purpose of ['list', 'slow', 'write'] as const) {
    expect([...chosen(busy, purpose, 20)].every((line) => line.load() === stuck)).toBe(true)
  }
})

test('Without any connection nothing can be chosen', () => {
  expect(() => spread([])).toThrow('at least one connection')
})
