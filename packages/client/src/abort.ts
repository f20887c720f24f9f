/** Waits for `work` no longer than until the signal aborts. @throws the signal's reason */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    work.catch(() => {})
    return Promise.reject(signal.reason)
  }
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort)
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** Resolves after this many milliseconds. @throws the signal's reason */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds)
  })
  await untilAborted(over, signal).finally(() => clearTimeout(timer))
}

/**
 * Runs `work` with a signal that aborts together with the caller's, or with a TimeoutError after this many
 * milliseconds. Not with AbortSignal.any(), which keeps its result in memory as long as the caller's signal lives.
 */
export async function withDeadline<T>(
  milliseconds: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const abort = () => controller.abort(signal.reason)
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort)
  const message = `There was no answer within ${milliseconds} ms, retries included.`
  const timeoutError = () => controller.abort(new DOMException(message, 'TimeoutError'))
  const timer = setTimeout(timeoutError, milliseconds)
  try {
    return await untilAborted(work(controller.signal), controller.signal)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}
