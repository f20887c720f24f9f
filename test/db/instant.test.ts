import { expect, test } from 'vitest'
import { toInstant } from '../../src/db/instant.ts'

test.each([
  ['2026-11-21 09:30:00.12+00', '2026-11-21T09:30:00.120Z'],
  ['2026-11-21 09:30:00+00', '2026-11-21T09:30:00.000Z'],
  ['2026-11-21 09:30:00.123+00', '2026-11-21T09:30:00.123Z'],
  ['2026-11-21 09:30:00.5+09', '2026-11-21T00:30:00.500Z'],
  ['2026-11-21 09:30:00+05:30', '2026-11-21T04:00:00.000Z'],
])('The time %s of PostgreSQL is read as %s', (text, instant) => {
  expect(toInstant(text)).toBe(instant)
})
