import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { freePort, launch } from '../support/processes.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

test('npm run dev:worker works without setup: it starts PostgreSQL, creates an admin, prints its address, and ends cleanly', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gatepost-dev-'))
  const port = await freePort()
  const { PATH, HOME } = process.env
  const dev = await launch({
    command: [process.execPath, 'worker/dev.ts'],
    folder,
    cwd: root,
    env: { PATH, HOME, PORT: String(port), BCRYPT_COST: '4' },
    lastSignal: 'KILL',
  })
  try {
    const url = `http://127.0.0.1:${port}`
    expect(await dev.logged(`Ready on ${url}`), dev.log()).toBe(true)
    const password = /^Admin {5}admin, password (\S+)$/m.exec(dev.log())?.[1]
    const authorization = `Basic ${btoa(`admin:${password}`)}`
    const response = await fetch(`${url}/auth/token`, { method: 'POST', headers: { authorization } })
    expect(await response.json()).toMatchObject({ user: { username: 'admin', role: 'admin' } })
  } finally {
    expect(await dev.end('SIGINT', 20_000, 'SIGKILL')).not.toBe('SIGKILL')
  }
}, 60_000)
