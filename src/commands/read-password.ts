import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { ConfigError } from '../config/config.ts'

/** Reads a password from the first line of standard input; on a terminal, asks for it without echo. */
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
  throw new ConfigError(
    'No password was given: type it when asked, or pipe it in: printf %s "$PASSWORD" | gatepost user …',
  )
}
