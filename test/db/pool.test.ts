import { setImmediate as nextTick } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { chooseConnection, overdue } from '../../src/db/postgres/pool.ts'
import type { Workload } from '../../src/db/workload.ts'

/** Connections with these numbers of waiting queries. */
const connections = (...loads: number[]) => loads.map((load) => ({ load: () => load }))

const choices = (choose: ReturnType<typeof chooseConnection>, workload: Workload, times: number) =>
  new Set(Array.from({ length: times }, () => choose(workload)))

test('Reads, lists, searches and writes have separate connections', () => {
  const all = connections(0, 0, 0, 0, 0, 0, 0, 0)
  const choose = chooseConnection(all)
  const writing = choices(choose, 'write', 20)
  const searching = choices(choose, 'search', 20)
  const listing = choices(choose, 'list', 500)
  const reading = choices(choose, 'read', 500)
  expect([writing.size, searching.size, listing.size, reading.size]).toEqual([3, 2, 2, 1])
  expect(new Set([...writing, ...searching, ...listing, ...reading]).size).toBe(all.length)
})

test('Reads of one tick share a connection, and those of the next tick take a less busy one', async () => {
  const choose = chooseConnection(connections(0, 0, 0, 0, 0, 0, 0, 0))
  const [first] = choices(choose, 'read', 5)
  expect(choices(choose, 'read', 5)).toEqual(new Set([first]))
  await nextTick()
  if (first) first.load = () => overdue // a query on it is slow
  const later = choices(choose, 'read', 5)
  expect(later.size).toBe(1)
  expect(later).not.toEqual(new Set([first]))
})

test('Reads beyond the limit of one connection in a tick use the next one', () => {
  expect(choices(chooseConnection(connections(...Array<number>(16).fill(0))), 'read', 33).size).toBe(2)
})

test.each([1, 2, 3, 7])('With only %i connections, each is used for everything', (count) => {
  const choose = chooseConnection(connections(...Array<number>(count).fill(0)))
  expect(choices(choose, 'write', 10).size).toBe(count)
  expect(choices(choose, 'search', 10).size).toBe(count)
  expect(choices(choose, 'read', 300).size).toBe(count)
})

test('A write takes the least busy connection, and so does a list', () => {
  const all = connections(0, 2, 1, 0, 3, 2, 1, 2)
  expect([...choices(chooseConnection(all), 'write', 10)]).toEqual([all[6]])
  expect([...choices(chooseConnection(all), 'list', 10)]).toEqual([all[2]])
})

test('Lists of one tick are spread over all connections for lists', () => {
  const all = connections(...Array<number>(16).fill(0))
  expect(choices(chooseConnection(all), 'list', 4).size).toBe(4)
})

test('If all connections of a workload are overdue, others are used', async () => {
  const [lists, searches, writes] = [
    [1, 2],
    [3, 4],
    [5, 6, 7],
  ]
  const others = { read: [...lists, ...searches, ...writes], list: searches, write: [...lists, ...searches] }
  for (const workload of ['read', 'list', 'write'] as const) {
    const all = connections(
      ...Array.from({ length: 8 }, (_, at) => (others[workload].includes(at) ? 0 : overdue)),
    )
    const spare = others[workload].map((at) => all[at])
    expect(spare).toEqual(expect.arrayContaining([...choices(chooseConnection(all), workload, 20)]))
  }
})

test('Searches never leave their connections, and only reads use those for reads', () => {
  const all = connections(0, 0, 0, overdue, overdue, 0, 0, 0)
  expect(choices(chooseConnection(all), 'search', 20)).toEqual(new Set(all.slice(3, 5)))
  const busy = chooseConnection(connections(0, overdue, overdue, overdue, overdue, overdue, overdue, overdue))
  for (const workload of ['list', 'search', 'write'] as const) {
    expect([...choices(busy, workload, 20)].every((connection) => connection.load() === overdue)).toBe(true)
  }
})

test('A pool without connections cannot choose one', () => {
  expect(() => chooseConnection([])).toThrow('at least one connection')
})
