import { ConfigError } from '../../config/config.ts'

/** Faults that are shown; the others are counted. */
const mostShown = 1000

/** Everything that is wrong with what is imported, so that it can be mended at once. */
export interface Faults {
  /** How many lines say what is wrong. */
  readonly count: number
  /** Notes what a parser or the database has refused. @throws every other error again */
  add(error: unknown): void
  /** One line a fault: where it stands, which field, what it must be. */
  text(): string
}

export function collectFaults(): Faults {
  const shown: string[] = []
  let count = 0
  return {
    get count() {
      return count
    },
    add: (error) => {
      if (!(error instanceof ConfigError)) throw error
      const lines = error.message.split('\n')
      count += lines.length
      shown.push(...lines.slice(0, Math.max(0, mostShown - shown.length)))
    },
    text: () =>
      [...shown, ...(count > shown.length ? [`… and ${count - shown.length} more.`] : [])].join('\n'),
  }
}

/** @throws ConfigError with all faults, if there are any */
export function refuseFaults(faults: Faults): void {
  if (faults.count === 0) return
  throw new ConfigError(
    `${faults.text()}\nNothing was imported. Mend this and run it again, or import everything else with --skip-invalid.`,
  )
}

/** Says on standard error what was left out. */
export function reportSkipped(faults: Faults): void {
  if (faults.count > 0) process.stderr.write(`${faults.text()}\nThis was left out.\n`)
}
