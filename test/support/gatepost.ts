import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { prepareDataFolder } from './data-folder.ts'
import { testSettings } from './settings.ts'

const program = fileURLToPath(new URL('../../bin/gatepost.js', import.meta.url))

export interface Finished {
  /** Exit code; null if a signal has ended it. */
  code: number | null
  stdout: string
  stderr: string
}

/** Starts a command of gatepost in a separate process, with the settings of all tests and `env`. */
export function startCommand(args: string[], env: Record<string, string>) {
  const { PATH, HOME, TMPDIR } = process.env
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH, HOME, TMPDIR, ...testSettings, ...env },
  })
  child.stdin.on('error', () => {}) // the command may end before it has read everything
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  }
  const finished = once(child, 'close').then(([code]): Finished => ({ code, ...output }))
  return { child, finished }
}

/** Runs a command of gatepost to its end; `input` is its standard input. */
export async function gatepost(
  args: string[],
  env: Record<string, string>,
  input: string | Uint8Array = '',
): Promise<Finished> {
  if (env.DATA_DIR && !env.DATABASE_URL) await prepareDataFolder(env.DATA_DIR)
  const { child, finished } = startCommand(args, env)
  child.stdin.end(input)
  return finished
}

/** The output of an export. */
export async function exported(env: Record<string, string>, ...options: string[]): Promise<string> {
  const { code, stdout, stderr } = await gatepost(['export', ...options], env)
  if (code !== 0) throw new Error(stderr)
  return stdout
}

/** The summary of a successful import. */
export async function imported(env: Record<string, string>, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await gatepost(['import', ...args], env)
  if (code !== 0) throw new Error(stderr)
  return stdout
}

/** The message of a refused import, without its progress. */
export async function refusedImport(env: Record<string, string>, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await gatepost(['import', ...args], env)
  if (code !== 1) throw new Error(`${code}: ${stdout}${stderr}`)
  return stderr.replaceAll(/^((lines|files|checking) \[.*)?\n/gm, '')
}
