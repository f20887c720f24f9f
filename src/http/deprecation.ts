import type { Check } from './check.ts'
import type { DocumentedHeader } from './headers.ts'

/** An operation that is on its way out. */
export interface Deprecation {
  /** Since when nobody should begin to use it: a date, as 2026-11-21. */
  since: string
  /** When it will be gone: a date. */
  sunset?: string
  /** Where it says what to use instead. */
  link?: string
}

/** Says so with every answer of the operation: Deprecation (RFC 9745), Sunset (RFC 8594), Link (RFC 8288). */
export function sayDeprecated({ since, sunset, link }: Deprecation): Check {
  const headers = {
    Deprecation: `@${Date.parse(since) / 1000}`,
    ...(sunset && { Sunset: new Date(sunset).toUTCString() }),
    ...(link && { Link: `<${link}>; rel="deprecation"` }),
  }
  return (c) => {
    Object.assign(c.get('headers'), headers)
  }
}

/** The headers that its answers then have in the document. */
export function deprecationHeaders({ sunset, link }: Deprecation): DocumentedHeader[] {
  return ['Deprecation', ...(sunset ? ['Sunset' as const] : []), ...(link ? ['Link' as const] : [])]
}
