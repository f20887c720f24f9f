import { z } from '@hono/zod-openapi'

/** Code of an issue that a check of ours raises, beside those of Zod. */
export const issueCode = (code: string) => ({ params: { code } })

interface TextLimits {
  min?: number
  max: number
  isBlankAllowed?: boolean
}

/**
 * Text from a client, NFC-normalised. Lengths count characters (Unicode code points) as JSON Schema does,
 * not UTF-16 units as JavaScript does. NUL and lone surrogates are refused: PostgreSQL cannot store them.
 * So are more than 30 combining marks in a row, which no language needs (the Stream-Safe Text Format of
 * Unicode Standard Annex 15): normalising them takes time that grows with their square, minutes in the end.
 */
export function text({ min = 0, max, isBlankAllowed = true }: TextLimits) {
  return (
    z
      .string()
      .refine((value) => value.length <= max || [...value].length <= max, {
        error: `Must have at most ${max} characters.`,
        abort: true,
        ...issueCode('too_long'),
      })
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
      .refine((value) => !/\p{M}{31}/u.test(value), {
        error: 'Must not have more than 30 combining marks in a row.',
        abort: true,
        ...issueCode('too_many_marks'),
      })
      .refine((value) => [...value.slice(0, min * 2)].length >= min && (isBlankAllowed || /\S/.test(value)), {
        error: isBlankAllowed ? `Must have at least ${min} characters.` : 'Must not be blank.',
        abort: true,
        ...issueCode('too_short'),
      })
      .normalize('NFC')
      // A few characters become two or three: what is stored must not be longer than the document says.
      .refine((value) => value.length <= max || [...value].length <= max, {
        error: `Must have at most ${max} characters in Unicode’s form NFC.`,
        abort: true,
        ...issueCode('too_long'),
      })
      .openapi({
        minLength: min,
        maxLength: max,
        pattern: isBlankAllowed ? '^[^\\u0000]*$' : '^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$',
      })
  )
}
