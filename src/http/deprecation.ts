import type { RequestCheck } from './check.ts'
import type { DocumentedHeader } from './headers.ts'

/** The deprecation of an operation. */
export interface Deprecation {
  /** The date of the deprecation, as 2026-11-21. */
  since: string
  /** The date of the removal. */
  sunset?: string
  /** The address of a page that names the replacement. */
  link?: string
}

/**
 * Sets the headers Deprecation (RFC 9745), Sunset (RFC 8594) and Link (RFC 8288) on every response of the operation.
 */
export function announceDeprecation({ since, sunset, link }: Deprecation): RequestCheck {
  const headers = {
    Deprecation: `@${Date.parse(since) / 1000}`,
    ...(sunset && { Sunset: new Date(sunset).toUTCString() }),
    ...(link && { Link: `<${link}>; rel="deprecation"` }),
  }
  return (c) => {
    Object.assign(c.get('headers'), headers)
  }
}

/** The same headers in the document. */
export function deprecationHeaders({ sunset, link }: Deprecation): DocumentedHeader[] {
  return ['Deprecation', ...(sunset ? ['Sunset' as const] : []), ...(link ? ['Link' as const] : [])]
}
