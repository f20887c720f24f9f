import { type ChildProcess, spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { finished } from 'node:stream/promises'
import { setTimeout } from 'node:timers/promises'

/** A user and group to run as; nothing for the one who runs the tests. */
export interface RunAs {
  uid?: number
  gid?: number
}

interface LaunchOptions extends RunAs {
  command: string[]
  /** Belongs to the process alone; removed when it has ended and the tests are gone. */
  folder: string
  env: Record<string, string | undefined>
  /** Where it runs. Default: its folder. */
  cwd?: string
  /** Ends the process when whoever launched it is gone. */
  lastSignal: 'QUIT' | 'KILL'
}

/** The exit code, or the name of the signal that ended it. */
type Exit = number | NodeJS.Signals

/** A running process. */
export interface Launched {
  pid: number
  exited: Promise<Exit>
  /** The last of what it has written. */
  log(): string
  /** Resolves once the log has `text`; false when the process ends before. */
  logged(text: string): Promise<boolean>
  /** Signals it and waits; another signal follows when it has not ended in time. */
  end(signal: NodeJS.Signals, afterMs: number, next: NodeJS.Signals): Promise<Exit>
}

/**
 * Becomes the command, so that its pid and exit code are the real ones, and leaves a watcher behind. The watcher
 * reads a pipe (3) that nobody but the launching process holds: when that one dies, of SIGKILL too, it reads the
 * end of the pipe, ends the command and removes the folder. A line in the pipe says that all is well and sends it
 * home. It is nobody's child, because PostgreSQL takes an unknown child that fails for a crash of its own. It does
 * not wait for the end of the command (a zombie still has its pid), but removes until nothing is left.
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

/** Starts a process that cannot outlive the one that starts it. */
export async function launch(options: LaunchOptions): Promise<Launched> {
  const { command, folder, env, cwd = folder, lastSignal, uid, gid } = options
  const child = spawn('/bin/sh', ['-c', wrapper, lastSignal, folder, ...command], {
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    cwd,
    env,
    // A group of its own: Ctrl+C in a terminal must reach it through the watcher, in order, and not by itself.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const exited = exitOf(child)
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  const pid = child.pid
  if (pid === undefined) throw new Error(`${command[0]} has no pid`)
  return { pid, exited, ...follow(child, exited), end: (...how) => end(child, exited, ...how) }
}

/** A port that nobody listened on a moment ago; whoever uses it must be ready to try another. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Removes a folder that a process may have been writing to a moment ago. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}

async function exitOf(child: ChildProcess): Promise<Exit> {
  const toWatcher = child.stdio[3] as Socket
  toWatcher.on('error', () => {}).resume() // the watcher may be gone already
  const written = Promise.all(
    [child.stdout, child.stderr].map((stream) => stream && finished(stream).catch(() => {})),
  )
  const result = await new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'))
  })
  toWatcher.end('\n')
  // Its last words may still be in the pipe; a child that it left behind may hold the pipe open.
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
  const gaveUp = new AbortController()
  setTimeout(afterMs, undefined, { signal: gaveUp.signal }).then(
    () => child.kill(next),
    () => {},
  )
  const result = await exited
  gaveUp.abort()
  return result
}
