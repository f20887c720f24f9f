import { type ChildProcess, spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { finished } from 'node:stream/promises'
import { setTimeout } from 'node:timers/promises'

/** A user and group to run as; empty for the user who runs the tests. */
export interface RunAs {
  uid?: number
  gid?: number
}

interface LaunchOptions extends RunAs {
  command: string[]
  /** The folder of the process. It is removed after the process and the tests have ended. */
  folder: string
  env: Record<string, string | undefined>
  /** The working directory. Default: its folder. */
  cwd?: string
  /** Ends the process when the process that launched it is gone. */
  lastSignal: 'QUIT' | 'KILL'
}

/** The exit code, or the name of the signal that ended it. */
type Exit = number | NodeJS.Signals

/** A running process. */
export interface Launched {
  pid: number
  exited: Promise<Exit>
  /** The end of its output. */
  log(): string
  /** Resolves once the log contains `text`; false if the process ends before. */
  logged(text: string): Promise<boolean>
  /** Sends a signal and waits; sends another signal if the process has not ended in time. */
  end(signal: NodeJS.Signals, afterMs: number, next: NodeJS.Signals): Promise<Exit>
}

/**
 * Becomes the command, so its pid and exit code are the real ones, and leaves a watcher behind. The watcher reads a
 * pipe (3) that only the launching process holds open. If that process dies, even by SIGKILL, the watcher reads the
 * end of the pipe, ends the command and removes the folder. A line in the pipe ends the watcher without any action.
 * It is not a child of the command, because PostgreSQL treats a failed unknown child as a crash of its own. It does
 * not wait for the end of the command (a zombie still has its pid), but removes the folder until nothing is left.
 */
const wrapper = `
( {
  read -r _ <&3 && exit
  kill -s "$0" $$; kill -s CONT $$
  tries=0; until sleep 0.1; rm -rf -- "$1" || [ $tries -ge 100 ]; do tries=$((tries + 1)); done
} >/dev/null 2>&1 & )
shift
exec "$@" 3<&-
`

/** Starts a process that cannot outlive the process that starts it. */
export async function launch(options: LaunchOptions): Promise<Launched> {
  const { command, folder, env, cwd = folder, lastSignal, uid, gid } = options
  const child = spawn('/bin/sh', ['-c', wrapper, lastSignal, folder, ...command], {
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    cwd,
    env,
    // A separate process group: Ctrl+C in a terminal must reach it only through the watcher, in the right order.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const exited = exitOf(child)
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  const pid = child.pid
  if (pid === undefined) throw new Error(`${command[0]} has no pid`)
  return { pid, exited, ...follow(child, exited), end: (...how) => end(child, exited, ...how) }
}

/** A port that was free a moment ago. Another process may take it, so the caller must retry. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Removes a folder to which a process may have written a moment ago. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}

async function exitOf(child: ChildProcess): Promise<Exit> {
  const toWatcher = child.stdio[3] as Socket
  toWatcher.on('error', () => {}).resume() // the watcher may have ended
  const written = Promise.all(
    [child.stdout, child.stderr].map((stream) => stream && finished(stream).catch(() => {})),
  )
  const result = await new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'))
  })
  toWatcher.end('\n')
  // The last output may still be in the pipe; a child of the process may hold the pipe open.
  await Promise.race([written, setTimeout(1000, undefined, { ref: false })])
  return result
}

function follow({ stdout, stderr }: ChildProcess, exited: Promise<unknown>) {
  let tail = ''
  const waiting = new Set<() => void>()
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      tail = (tail + chunk).slice(-20_000)
      for (const look of waiting) look()
    })
  }
  const logged = (text: string) =>
    new Promise<boolean>((resolve) => {
      const look = () => {
        if (!tail.includes(text)) return
        waiting.delete(look)
        resolve(true)
      }
      waiting.add(look)
      look()
      exited.then(() => resolve(false))
    })
  return { log: () => tail, logged }
}

async function end(
  child: ChildProcess,
  exited: Promise<Exit>,
  signal: NodeJS.Signals,
  afterMs: number,
  next: NodeJS.Signals,
) {
  child.kill(signal)
  child.kill('SIGCONT') // a test may have stopped it
  const timeoutController = new AbortController()
  setTimeout(afterMs, undefined, { signal: timeoutController.signal }).then(
    () => child.kill(next),
    () => {},
  )
  const result = await exited
  timeoutController.abort()
  return result
}
