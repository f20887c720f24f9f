import { explain } from './explain.ts'

interface Handlers {
  /** Finishes what is under way. */
  stop(): Promise<void>
  /** What has to be ended besides this process when there is no time to finish. */
  abort?(): void
}

/** Milliseconds in which the same signal again is the same wish: npm hands on the SIGINT that a terminal sends to all. */
const echo = 500

/**
 * Stops and ends the process with code 0 at the first SIGTERM or SIGINT, and ends it at once at the second, unless
 * that is only the first one's echo.
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
    // Where no person reads it, each line is JSON like those of the log.
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
