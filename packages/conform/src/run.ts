import { CannotRun, conform } from './conform.ts'
import { reportText } from './print.ts'
import { readPassword } from './read-password.ts'
import { isConforming } from './report.ts'

interface ConformCommand {
  admin?: string
  only?: string[]
  json?: boolean
  slow?: boolean
  limits?: boolean
  /** Seconds to wait for one response. */
  timeout: number
}

/** Exit codes: the server conforms, it does not, or it could not be checked. */
const codes = { conforms: 0, fails: 1, couldNotRun: 2 }

/** Checks a running server and prints the report. Ends the process with exit code 0, 1 or 2. */
export async function runConform(url: string, options: ConformCommand): Promise<void> {
  const interruption = new AbortController()
  process.once('SIGINT', () => interruption.abort()).once('SIGTERM', () => interruption.abort())
  try {
    const report = await conform({
      url,
      admin: await adminOf(options.admin),
      only: options.only,
      slow: options.slow,
      limits: options.limits,
      timeout: options.timeout * 1000,
      signal: interruption.signal,
      onProgress: progressOn(process.stderr),
    })
    process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report))
    process.exitCode = isConforming(report) ? codes.conforms : codes.fails
  } catch (error) {
    if (!(error instanceof CannotRun)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = codes.couldNotRun
  }
}

/** The password comes from the environment or a prompt, since other users can see the arguments of a process. */
async function adminOf(username: string | undefined) {
  if (username === undefined) return undefined
  if (username.includes(':')) {
    throw new CannotRun(
      '--admin takes the username alone. Put the password into GATEPOST_ADMIN_PASSWORD, or type it when asked.',
    )
  }
  return { username, password: process.env.GATEPOST_ADMIN_PASSWORD || (await readPassword()) }
}

/** On a terminal, one line that counts; otherwise a line from time to time. */
function progressOn(stream: NodeJS.WriteStream) {
  let shownAt = Date.now()
  return (done: number, total: number) => {
    const isDue = Date.now() - shownAt > (stream.isTTY ? 100 : 5000)
    if (!isDue && !(stream.isTTY && done === total)) return
    shownAt = Date.now()
    stream.write(
      stream.isTTY
        ? `\r${done} of ${total} checks${done === total ? '\n' : ''}`
        : `${done} of ${total} checks\n`,
    )
  }
}
