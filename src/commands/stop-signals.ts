import { explain } from './explain.ts'

interface Handlers {
  /** Stops gracefully. */
  stop(): Promise<void>
  /** Ends tasks that would outlive this process, if there is no time to stop gracefully. */
  abort?(): void
}

/**
 * A repeated signal within this many milliseconds is the same one: a terminal sends SIGINT to all processes, and npm
 * passes it on.
 */
const echo = 500

/**
 * At the first SIGTERM or SIGINT, stops and ends the process with code 0. At the second, ends it at once, unless it is
 * only a repetition of the first.
 */
export function onStopSignals({ stop, abort }: Handlers): void {
  let first: { signal: NodeJS.Signals; at: number } | undefined
  const onSignal = async (signal: NodeJS.Signals) => {
    if (first !== undefined) {
      if (signal === first.signal && performance.now() - first.at < echo) return
      abort?.()
      process.exit(1)
    }
    first = { signal, at: performance.now() }
    const msg = `${signal}: finishing what is under way …`
    // If the output is not a terminal, each line is JSON, like those of the log.
    const line = { level: 30, time: new Date().toISOString(), msg }
    process.stdout.write(`${process.stdout.isTTY ? msg : JSON.stringify(line)}\n`)
    try {
      await stop()
      process.exit(0)
    } catch (error) {
      process.stderr.write(`${explain(error)}\n`)
      process.exit(1)
    }
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}
