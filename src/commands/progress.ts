import { SingleBar } from 'cli-progress'

/** Runs long work with a progress bar; without a terminal a line every five seconds. */
export async function withProgress(
  what: string,
  total: number,
  work: (advance: (by: number) => void) => Promise<void>,
): Promise<void> {
  const bar = new SingleBar({
    format: `${what} [{bar}] {percentage}% · {value}/{total} · {duration_formatted}, {eta_formatted} to go`,
    noTTYOutput: true,
    notTTYSchedule: 5000,
    hideCursor: true,
  })
  bar.start(total, 0)
  try {
    await work((by) => bar.increment(by))
  } finally {
    bar.stop()
  }
}
