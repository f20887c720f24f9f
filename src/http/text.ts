import { z } from '@hono/zod-openapi'

/** Code of an issue that a check of ours raises, beside those of Zod. */
export const issueCode = (code: string) => ({ params: { code } })

/**
 * Text from a client, NFC-normalised. Lengths count characters (Unicode code points) as JSON Schema does,
 * not UTF-16 units as JavaScript does. NUL and lone surrogates are refused: PostgreSQL cannot store them.
 */
export function text({ min = 0, max, isBlankAllowed = true }: TextLimits) {
  return plainText()
    .refine((value) => hasAtLeast(value, min) && (isBlankAllowed || /\S/.test(value)), {
      error: isBlankAllowed ? `Must have at least ${min} characters.` : 'Must not be blank.',
      ...issueCode('too_short'),
    })
    .refine((value) => hasAtMost(value, max), {
      error: `Must have at most ${max} characters.`,
      ...issueCode('too_long'),
    })
    .openapi({
      minLength: min,
      maxLength: max,
      pattern: isBlankAllowed ? '^[^\\u0000]*$' : '^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$',
    })
}

interface TextLimits {
  min?: number
  max: number
  isBlankAllowed?: boolean
}

/** Text of any length without what PostgreSQL cannot store. */
export function plainText() {
  return z
    .string()
    .refine((value) => !value.includes('\0'), {
      error: 'Must not contain the character NUL.',
      abort: true,
      ...issueCode('nul_character'),
    })
    .refine((value) => value.isWellFormed(), {
      error: 'Must be well-formed Unicode: it contains half of a surrogate pair.',
      abort: true,
      ...issueCode('lone_surrogate'),
    })
    .normalize('NFC')
}

/** Code points; only counted when the UTF-16 length leaves the answer open. */
const hasAtLeast = (value: string, min: number) => value.length >= min * 2 || [...value].length >= min
const hasAtMost = (value: string, max: number) => value.length <= max || [...value].length <= max
