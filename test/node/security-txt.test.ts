import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DatabaseHandle } from '../../src/db/database.ts'
import { createTestApp, openTestDatabase } from '../support/in-process.ts'

const path = '/.well-known/security.txt'
let database: DatabaseHandle
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database?.close())

async function read(env: Record<string, string>, now = Date.parse('2026-11-21T09:30:00Z')) {
  const app = await createTestApp(env, { now: () => now }, database)
  const response = await app.fetch(new Request(`http://localhost${path}`))
  const text = await response.text()
  await app.close()
  return { status: response.status, type: response.headers.get('content-type'), text }
}

describe('security.txt (RFC 9116)', () => {
  test('The file says where to report vulnerabilities, and when it expires', async () => {
    const env = {
      SECURITY_CONTACT: 'security@example.com, https://example.com/report',
      PUBLIC_URL: 'https://a.example',
    }
    expect(await read(env)).toEqual({
      status: 200,
      type: 'text/plain; charset=utf-8',
      text: [
        'Contact: mailto:security@example.com',
        'Contact: https://example.com/report',
        'Expires: 2027-05-20T00:00:00.000Z',
        'Canonical: https://a.example/.well-known/security.txt',
        '',
      ].join('\r\n'),
    })
  })

  test.each(['2027-01-01T00:00:00Z', '2028-02-29T23:59:59Z'])(
    'The file of %s expires within a year',
    async (day) => {
      const { text } = await read({ SECURITY_CONTACT: 'security@example.com' }, Date.parse(day))
      const expires = Date.parse(/^Expires: (.+)$/m.exec(text)?.[1] ?? '')
      const days = (expires - Date.parse(day)) / 86_400_000
      expect(days).toBeGreaterThan(30)
      expect(days).toBeLessThan(365)
    },
  )

  test('The file does not exist without a contact', async () => {
    expect((await read({})).status).toBe(404)
  })
})
