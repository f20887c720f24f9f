import { z } from '@hono/zod-openapi'
import { characterFault, foldBlanks, isInvisible, type TextKind, trimBlanks } from '../text/written-text.ts'

/** Code of an issue that a check of ours raises, beside those of Zod. */
export const issueCode = (code: string) => ({ params: { code } })

interface TextLimits {
  min?: number
  max: number
  isBlankAllowed?: boolean
  /** What is written in it; `any` unless people read it. */
  kind?: TextKind
  /** `ends` takes white space off both ends, `all` also makes one blank of several inside; before anything is counted. */
  trim?: 'ends' | 'all'
}

/** Of the patterns in the document: what no text of a kind has. */
const refused: Record<TextKind, string> = {
  any: '\\u0000',
  body: '\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u202a-\\u202e',
  line: '\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069',
}

/**
 * Text from a client, NFC-normalised. Lengths count characters (Unicode code points) as JSON Schema does,
 * not UTF-16 units as JavaScript does. What
 * a title, a tag or a body must not have besides is in `src/text`. NUL and lone surrogates are refused: PostgreSQL
 * cannot store them. So are more than 30 combining marks in a row, which no language needs (the Stream-Safe Text Format of
 * Unicode Standard Annex 15): normalising them takes time that grows with their square, minutes in the end.
 */
export function text({ min = 0, max, isBlankAllowed = true, kind = 'any', trim }: TextLimits) {
  return (
    (trim ? z.string().overwrite(trim === 'ends' ? trimBlanks : foldBlanks) : z.string())
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
      .refine((value) => isBlankAllowed || value === '' || /\S/.test(value), {
        error: 'Must not be blank.',
        abort: true,
        ...issueCode('too_short'),
      })
      .superRefine((value, context) => {
        const fault = characterFault(value, kind)
        if (!fault) return
        context.addIssue({
          code: 'custom',
          message: fault.message,
          continue: false,
          ...issueCode(fault.code),
        })
      })
      .refine((value) => !/\p{M}{31}/u.test(value), {
        error: 'Must not have more than 30 combining marks in a row.',
        abort: true,
        ...issueCode('too_many_marks'),
      })
      .refine(
        (value) =>
          [...value.slice(0, min * 2)].length >= min &&
          (isBlankAllowed || kind === 'any' || !isInvisible(value)),
        {
          error: isBlankAllowed ? `Must have at least ${min} characters.` : 'Must not be blank.',
          abort: true,
          ...issueCode('too_short'),
        },
      )
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
        pattern: isBlankAllowed
          ? `^[^${refused[kind]}]*$`
          : `^[^${refused[kind]}]*[^\\s${refused[kind]}][^${refused[kind]}]*$`,
      })
  )
}
