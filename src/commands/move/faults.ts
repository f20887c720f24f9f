import { ConfigError } from '../../config/config.ts'

/** How many errors are shown; further ones are only counted. */
const maxShown = 1000

/** All errors of an import, so that the user can correct them at once. */
export interface Faults {
  /** The number of errors. */
  readonly count: number
  /** Notes an error of a parser or the database. @throws every other error again */
  add(error: unknown): void
  /** One line per error: the place, the field and the rule. */
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
      shown.push(...lines.slice(0, Math.max(0, maxShown - shown.length)))
    },
    text: () =>
      [...shown, ...(count > shown.length ? [`… and ${count - shown.length} more.`] : [])].join('\n'),
  }
}

/** Ends the import if there are errors. @throws ConfigError with all of them */
export function refuseFaults(faults: Faults): void {
  if (faults.count === 0) return
  throw new ConfigError(
    `${faults.text()}\nNothing was imported. Mend this and run it again, or import everything else with --skip-invalid.`,
  )
}

/** Prints on standard error what was left out. */
export function reportSkipped(faults: Faults): void {
  if (faults.count > 0) process.stderr.write(`${faults.text()}\nThis was left out.\n`)
}
