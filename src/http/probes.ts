/** Paths that respond even under overload, so that monitoring does not take a busy server for a dead one. */
export const probes: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics'])
