import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { prepareDataFolder } from './data-folder.ts'
import { freePort, type Launched, launch, removeFolder } from './processes.ts'
import { testSettings } from './settings.ts'

/** A Gatepost process that listens on a free port. */
export interface TestServer extends AsyncDisposable {
  url: string
  pid: number
  /** The end of its output. */
  log(): string
  /** Ends it with SIGTERM and removes its data. @throws if it does not end in time with exit code 0 */
  stop(): Promise<void>
}

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Runs `gatepost start` in a separate process and waits until it is ready. It gets only PATH and similar variables
 * of this environment. `env` adds to the settings of all tests, or with undefined removes one.
 */
export async function startServer(env: Record<string, string | undefined> = {}): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'gatepost-server-'))
  try {
    const { url, server } = await run(folder, env)
    const stop = async () => {
      const exit = await server.end('SIGTERM', 20_000, 'SIGKILL')
      await removeFolder(folder)
      if (exit !== 0) throw new Error(`Gatepost ended with ${exit} after SIGTERM:\n${server.log()}`)
    }
    return { url, pid: server.pid, log: server.log, stop, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await removeFolder(folder)
    throw error
  }
}

async function run(folder: string, env: Record<string, string | undefined>) {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    if (!env.DATABASE_URL) await prepareDataFolder(env.DATA_DIR ?? join(folder, 'data'))
    const { PATH, HOME, TMPDIR } = process.env
    const server = await launch({
      command: [process.execPath, join(root, 'bin/gatepost.js'), 'start'],
      folder,
      cwd: root,
      env: {
        PATH,
        HOME,
        TMPDIR,
        ...testSettings,
        DATA_DIR: join(folder, 'data'),
        PORT: String(port),
        ...env,
      },
      lastSignal: 'KILL',
    })
    const url = `http://127.0.0.1:${port}`
    if (await isReady(url, server)) return { url, server }
    await server.end('SIGKILL', 0, 'SIGKILL')
    if (attempt === 5 || !/in use/.test(server.log()))
      throw new Error(`Gatepost did not start:\n${server.log()}`)
  }
}

/** Polls the readiness for half a minute; false if the server has ended or the time is over. */
async function isReady(url: string, server: Launched): Promise<boolean> {
  const deadline = AbortSignal.timeout(90_000)
  let hasEnded = false
  server.exited.then(() => {
    hasEnded = true
  })
  while (!hasEnded && !deadline.aborted) {
    const response = await fetch(`${url}/readyz`, { signal: deadline }).catch(() => undefined)
    await response?.body?.cancel()
    if (response?.status === 200) return true
    await setTimeout(25)
  }
  return false
}
