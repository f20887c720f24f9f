import { parseAccept } from 'hono/utils/accept'
import { ApiError } from '../errors/api-error.ts'
import type { Check } from './check.ts'
import { asksForFields, sparseType } from './sparse-type.ts'

/** Refuses with 406 what accepts none of these media types (RFC 9110, section 12.5.1). */
export function acceptable(produced: readonly string[]): Check {
  const canBeSparse = produced.includes(sparseType)
  return (c) => {
    const accept = c.req.header('Accept')
    if (!accept || accept === '*/*') return
    // A whole representation has one type, one with fewer fields has either.
    const types = canBeSparse && !asksForFields(c) ? ['application/json'] : produced
    if (preferred(accept, types) === undefined) {
      throw new ApiError('request.not_acceptable', {
        detail: `This operation produces ${types.join(' or ')}, which the Accept header does not allow.`,
        headers: { Accept: types.join(', ') },
      })
    }
  }
}

/** The produced media type that the client likes best; the first of equals; undefined if none is accepted. */
export function preferred(accept: string | undefined, produced: readonly string[]): string | undefined {
  if (!accept || accept === '*/*') return produced[0]
  let best: { type: string; quality: number } | undefined
  for (const type of produced) {
    const quality = qualityOf(type, accept)
    if (quality > (best?.quality ?? 0)) best = { type, quality }
  }
  return best?.type
}

/** Whether Accept names this very type, with a quality above 0. */
export function isNamed(type: string, accept = ''): boolean {
  return parseAccept(accept).some((range) => range.type.toLowerCase() === type && range.q > 0)
}

/** The quality of the most specific range that covers the type: a/b, then a/*, then any. */
export function qualityOf(type: string, accept = '*/*'): number {
  const ranges = parseAccept(accept)
  const bare = type.split(';', 1)[0] ?? type
  for (const range of [bare, `${bare.split('/', 1)[0]}/*`, '*/*']) {
    const match = ranges.find((candidate) => candidate.type.toLowerCase() === range)
    if (match) return match.q
  }
  return 0
}
