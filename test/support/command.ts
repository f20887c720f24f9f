import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface CommandResult {
  exitCode: number
  stdout: string
  stderr: string
}

const gatepost = fileURLToPath(new URL('../../bin/gatepost.js', import.meta.url))

/** Runs `gatepost` with these arguments to its end. `env` contains all its settings. */
export async function runCommand(args: string[], env: Record<string, string> = {}): Promise<CommandResult> {
  const { promise, resolve } = Promise.withResolvers<CommandResult>()
  const { PATH, HOME } = process.env
  execFile(
    process.execPath,
    [gatepost, ...args],
    { env: { PATH, HOME, ...env } },
    (error, stdout, stderr) => {
      resolve({ exitCode: error ? Number(error.code ?? 1) : 0, stdout, stderr })
    },
  )
  return promise
}
