/** Thrown if showing a text would take too much work. */
export class TooMuchWork extends Error {}

/** Other requests may run after this many steps (about 2 ms), at the next place where work can pause. */
const stepsBetweenPauses = 1_000
/** The maximum number of steps without a pause: about 5 ms. */
const maxStepsAtOnce = 4_000
/** The maximum number of steps for one text: about 100 ms. */
const maxSteps = 75_000

/**
 * Counts the work for a text in steps of some microseconds. It does not measure time, since the clock of Workers stands
 * still during a computation. If a text needs too much work, it throws {@link TooMuchWork}.
 */
export class Work {
  #atOnce = 0
  #inAll = 0

  /** Counts steps in advance. @throws TooMuchWork */
  count(steps = 1): void {
    this.#atOnce += steps
    this.#inAll += steps
    if (this.#atOnce > maxStepsAtOnce || this.#inAll > maxSteps) throw new TooMuchWork()
  }

  get isPauseDue(): boolean {
    return this.#atOnce >= stepsBetweenPauses
  }

  /** Lets other requests run. */
  async pause(): Promise<void> {
    await pause()
    this.#atOnce = 0
  }
}

/** Whether a text has been processed in the present tick of the event loop. */
let isTaken = false

/**
 * Lets other requests run, on Node and on Workers. Of several waiting texts, only one continues in each tick of the
 * event loop; otherwise their work would add up before a short request is served.
 */
export async function pause(): Promise<void> {
  do await new Promise((resolve) => setTimeout(resolve, 0))
  while (isTaken)
  isTaken = true
  setTimeout(() => {
    isTaken = false
  }, 0)
}
