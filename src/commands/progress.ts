import { constants } from 'node:os'
import { SingleBar } from 'cli-progress'

/**
 * Runs a long task with a progress bar. Without a terminal it prints a line every five seconds. If
 * there is nothing to do, it prints nothing.
 */
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
    gracefulExit: false, // would show the cursor again although the work continues
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
