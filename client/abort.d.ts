/** Waits for `work` no longer than until the signal aborts. @throws the signal's reason */
export declare function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T>;
/** Resolves after so many milliseconds. @throws the signal's reason */
export declare function pause(milliseconds: number, signal: AbortSignal): Promise<void>;
/**
 * Runs `work` with a signal that aborts with the caller's, and with a TimeoutError after so many milliseconds.
 * By hand, since AbortSignal.any() keeps what it was given for as long as a caller's signal lives.
 */
export declare function withDeadline<T>(milliseconds: number, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
