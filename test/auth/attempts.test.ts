import { expect, test } from 'vitest'
import { type Counter, settleAttempt, takeAttempt } from '../../src/limits/limits.service.ts'
import { openTestDatabase } from '../support/in-process.ts'

const policy = { name: 'test', quota: 1, window: 60 }
const counters = (count: number): Counter[] =>
  Array.from({ length: count }, (_, at) => ({ key: `${count} ${at}`, policy, isSettled: false }))

test('An attempt can use as many counters as one statement reads, and is refused with more', async () => {
  const database = await openTestDatabase()
  try {
    const db = database.connect('write')
    expect(await takeAttempt(db, counters(8), Date.now())).toHaveLength(8)
    await expect(takeAttempt(db, counters(9), Date.now())).rejects.toThrow('9 counters; a statement takes 8.')
    const back = counters(9).map(({ key }) => key)
    await expect(settleAttempt(db, { back }, Date.now())).rejects.toThrow(RangeError)
  } finally {
    await database.close()
  }
})
