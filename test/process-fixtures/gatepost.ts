import { type ChildProcess, spawn } from 'node:child_process'
import { constants, cpSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort, type Launched, launch, type RunAs, removeFolder } from '../support/processes.ts'
import { testSettings } from '../support/settings.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const program = join(root, 'bin/gatepost.js')

/** Settings; undefined takes one away that all tests have. */
export type Env = Record<string, string | undefined>

/** How a command ended. */
export interface Ended {
  exit: number | NodeJS.Signals
  stdout: string
  stderr: string
  ms: number
}

interface CommandOptions extends RunAs {
  env?: Env
  /** For standard input, which ends after it. */
  input?: string
  node?: string
  /** Closes its standard output after so many bytes, as `| head` does. */
  readBytes?: number
  cwd?: string
}

/** Milliseconds for a process to start or end, on a machine that has much else to do. */
const patience = 90_000

/** Runs a command to its end; of this process' environment it gets PATH and the like alone. */
export async function gatepost(command: string, options: CommandOptions = {}): Promise<Ended> {
  const { env = {}, input = '', node = process.execPath, cwd = root, readBytes, ...runAs } = options
  const startedAt = performance.now()
  const child = spawn(node, [program, ...command.split(' ').filter(Boolean)], {
    ...runAs,
    cwd,
    env: { ...basics(), ...env },
    timeout: patience,
    killSignal: 'SIGKILL',
  })
  child.stdin.on('error', () => {}).end(input) // it may end without reading
  const output = readBytes === undefined ? text(child.stdout) : firstBytes(child.stdout, readBytes)
  const [exit, stdout, stderr] = await Promise.all([exitOf(child), output, text(child.stderr)])
  return { exit, stdout, stderr, ms: performance.now() - startedAt }
}

async function firstBytes(stream: Readable, count: number) {
  for await (const chunk of stream) return String(chunk).slice(0, count) // leaving the loop closes the stream
  return ''
}

function exitOf(child: ChildProcess) {
  return new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once('error', reject).once('exit', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'))
  })
}

/** An embedded database that is ready to be copied: making one takes seconds. */
export interface DataTemplate extends AsyncDisposable {
  path: string
}

/** Makes the data folder that `temporaryFolder` hands out copies of. */
export async function dataTemplate(): Promise<DataTemplate> {
  const folder = temporaryFolder()
  const path = join(folder.path, 'data')
  const { exit, stderr } = await gatepost('migrate', { env: { DATA_DIR: path } })
  if (exit !== 0) throw new Error(`No data folder could be made: ${stderr}`)
  return { ...folder, path }
}

/** A folder of the test's own, for the data of a service; they are there already when a template is given. */
export function temporaryFolder(template?: DataTemplate) {
  const path = mkdtempSync(join(tmpdir(), 'gatepost-process-'))
  if (template)
    cpSync(template.path, join(path, 'data'), { recursive: true, mode: constants.COPYFILE_FICLONE })
  return { path, data: join(path, 'data'), [Symbol.asyncDispose]: () => removeFolder(path) }
}

/** A service that the test ends as it likes; at the latest with the test. */
export interface Service extends Launched, AsyncDisposable {
  url: string
  port: number
  /** From its start until it was ready. */
  readyAfterMs: number
}

/** Starts the service with its data in `folder` and waits until it is ready. @throws when it ends before */
export async function start(folder: string, env: Env = {}, command = 'start'): Promise<Service> {
  for (let attempt = 1; ; attempt++) {
    const port = Number(env.PORT ?? (await freePort()))
    const startedAt = performance.now()
    const launched = await launchService(folder, { PORT: String(port), ...env }, command)
    const url = `http://127.0.0.1:${port}`
    if (await isReady(url, launched)) {
      const end = async () => void (await launched.end('SIGKILL', 0, 'SIGKILL'))
      const readyAfterMs = performance.now() - startedAt
      return { ...launched, url, port, readyAfterMs, [Symbol.asyncDispose]: end }
    }
    await launched.end('SIGKILL', 0, 'SIGKILL')
    if (attempt === 5 || !launched.log().includes('in use')) {
      throw new Error(`Gatepost did not start:\n${launched.log()}`)
    }
  }
}

/** Starts the service and does not wait for anything. */
export function launchService(folder: string, env: Env, command = 'start'): Promise<Launched> {
  return launch({
    command: [process.execPath, program, ...command.split(' ')],
    folder,
    cwd: root,
    env: { ...basics(), ...testSettings, DATA_DIR: join(folder, 'data'), ...env },
    lastSignal: 'KILL',
  })
}

async function isReady(url: string, { exited, log }: Launched): Promise<boolean> {
  const gaveUp = new AbortController()
  exited.then(() => gaveUp.abort())
  const deadline = AbortSignal.any([gaveUp.signal, AbortSignal.timeout(patience)])
  while (!deadline.aborted) {
    const response = await fetch(`${url}/readyz`, { signal: deadline }).catch(() => undefined)
    await response?.body?.cancel()
    // Another program may answer on this port.
    if (response?.status === 200 && log().includes('Gatepost is running')) return true
    await setTimeout(10)
  }
  return false
}

function basics() {
  const { PATH, HOME, TMPDIR } = process.env
  return { PATH, HOME, TMPDIR, NO_COLOR: '1' }
}
