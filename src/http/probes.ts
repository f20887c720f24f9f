/** Paths that are answered even when everything else is turned away: whoever watches must not take busy for dead. */
export const probes: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics'])
