import { explain } from './explain.ts'

interface Handlers {
  /** Finishes what is under way. */
  stop(): Promise<void>
  /** What has to be ended besides this process when there is no time to finish. */
  abort?(): void
}

/** Stops and ends the process with code 0 at the first SIGTERM or SIGINT, and ends it at once at the second. */
export function onStopSignals({ stop, abort }: Handlers): void {
  let isStopping = false
  const onSignal = async (signal: NodeJS.Signals) => {
    if (isStopping) {
      abort?.()
      process.exit(1)
    }
    isStopping = true
    process.stdout.write(`${signal}: finishing what is under way …\n`)
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
