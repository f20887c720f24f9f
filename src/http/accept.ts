import { parseAccept } from 'hono/utils/accept'
import { ApiError } from '../errors.ts'
import type { Check } from './check.ts'
import { asksForFields, sparseType } from './sparse.ts'

/** Refuses with 406 what accepts none of these media types (RFC 9110, section 12.5.1). */
export function acceptable(produced: readonly string[]): Check {
  const canBeSparse = produced.includes(sparseType)
  return (c) => {
    const accept = c.req.header('Accept')
    if (!accept || accept === '*/*') return
    // Which of two kinds of JSON it is depends on the request alone, so it is not up to Accept.
    const types = canBeSparse ? [asksForFields(c) ? sparseType : 'application/json'] : produced
    if (preferred(accept, types) === undefined) {
      throw new ApiError('request.not_acceptable', {
        detail: `This operation produces ${types.join(' or ')}, which the Accept header does not allow.`,
      })
    }
  }
}

/** The produced media type that the client likes best; the first of equals; undefined if none is accepted. */
export function preferred(accept: string | undefined, produced: readonly string[]): string | undefined {
  if (!accept || accept === '*/*') return produced[0]
  const ranges = parseAccept(accept)
  let best: { type: string; quality: number } | undefined
  for (const type of produced) {
    const quality = qualityOf(type, ranges)
    if (quality > (best?.quality ?? 0)) best = { type, quality }
  }
  return best?.type
}

/** The quality of the most specific range that covers the type: a/b, then a/*, then any. */
function qualityOf(type: string, ranges: ReturnType<typeof parseAccept>): number {
  const bare = type.split(';', 1)[0] ?? type
  for (const range of [bare, `${bare.split('/', 1)[0]}/*`, '*/*']) {
    const match = ranges.find((candidate) => candidate.type.toLowerCase() === range)
    if (match) return match.q
  }
  return 0
}
