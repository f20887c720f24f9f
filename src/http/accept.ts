import { parseAccept } from 'hono/utils/accept'
import { ApiError } from '../errors/api-error.ts'
import type { RequestCheck } from './check.ts'
import { selectsFields, sparseType } from './sparse-type.ts'

/** A check that refuses with 406 if the client accepts none of these media types (RFC 9110, section 12.5.1). */
export function acceptable(produced: readonly string[]): RequestCheck {
  const canBeSparse = produced.includes(sparseType)
  return (c) => {
    const accept = c.req.header('Accept')
    if (!accept || accept === '*/*') return
    // A full representation has one media type; one with fewer fields may have either.
    const types = canBeSparse && !selectsFields(c) ? ['application/json'] : produced
    if (preferred(accept, types) === undefined) {
      throw new ApiError('request.not_acceptable', {
        detail: `This operation produces ${types.join(' or ')}, which the Accept header does not allow.`,
        headers: { Accept: types.join(', ') },
      })
    }
  }
}

/** The produced media type with the highest quality, the first of several equals; undefined if none is accepted. */
export function preferred(accept: string | undefined, produced: readonly string[]): string | undefined {
  if (!accept || accept === '*/*') return produced[0]
  let best: { type: string; quality: number } | undefined
  for (const type of produced) {
    const quality = qualityOf(type, accept)
    if (quality > (best?.quality ?? 0)) best = { type, quality }
  }
  return best?.type
}

/** Whether Accept names exactly this type, with a quality above 0. */
export function isNamed(type: string, accept = ''): boolean {
  return parseAccept(accept).some((range) => range.type.toLowerCase() === type && range.q > 0)
}

/** The quality of the most specific range that covers the type: a/b, then the type with any subtype, then any type. */
export function qualityOf(type: string, accept = '*/*'): number {
  const ranges = parseAccept(accept)
  const bare = type.split(';', 1)[0] ?? type
  for (const range of [bare, `${bare.split('/', 1)[0]}/*`, '*/*']) {
    const match = ranges.find((candidate) => candidate.type.toLowerCase() === range)
    if (match) return match.q
  }
  return 0
}
