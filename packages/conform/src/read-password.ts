import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { CannotRun } from './conform.ts'

// `gatepost user` has a similar function: the kit is independent and imports nothing from the service.

/**
 * Reads the first line of standard input; on a terminal, it asks for it without echo. @throws CannotRun if there is
 * none
 */
export async function readPassword(): Promise<string> {
  const isTerminal = process.stdin.isTTY === true
  if (isTerminal) process.stderr.write('Password: ')
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: unseen, terminal: isTerminal })
  try {
    for await (const line of lines) {
      if (isTerminal) process.stderr.write('\n')
      if (line !== '') return line
      break
    }
  } finally {
    lines.close()
  }
  throw new CannotRun(
    'No password was given: put it into GATEPOST_ADMIN_PASSWORD, type it when asked, or pipe it in.',
  )
}
