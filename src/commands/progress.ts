import { constants } from 'node:os'
import { SingleBar } from 'cli-progress'

/** Runs long work with a progress bar; without a terminal a line every five seconds, for none nothing. */
export async function withProgress(
  what: string,
  total: number,
  work: (advance: (by: number) => void) => Promise<void>,
): Promise<void> {
  if (total === 0) return await work(() => {})
  const bar = new SingleBar({
    format: `${what} [{bar}] {percentage}% · {value}/{total} · {duration_formatted}, {eta_formatted} to go`,
    noTTYOutput: true,
    notTTYSchedule: 5000,
    hideCursor: true,
    gracefulExit: false, // it would show the cursor again, and the work would go on
  })
  const interrupt = (signal: NodeJS.Signals) => {
    bar.stop()
    process.exit(128 + constants.signals[signal])
  }
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  bar.start(total, 0)
  try {
    await work((by) => bar.increment(by))
  } finally {
    bar.stop()
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
}
