import { z } from '@hono/zod-openapi'
import { characterFault, foldBlanks, isInvisible, type TextKind, trimBlanks } from '../text/written-text.ts'

/** The code of an issue that our own rules raise, besides the issue codes of Zod. */
export const issueCode = (code: string) => ({ params: { code } })

interface TextLimits {
  min?: number
  max: number
  isBlankAllowed?: boolean
  /** The kind of text; `any` for text that people do not read. */
  kind?: TextKind
  /**
   * `ends` removes white space at both ends; `all` also reduces white space inside to one space. Both happen before the
   * length is counted.
   */
  trim?: 'ends' | 'all'
}

/** The characters that each kind of text refuses, for the patterns in the document. */
const refused: Record<TextKind, string> = {
  any: '\\u0000',
  body: '\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u202a-\\u202e',
  line: '\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069',
}

/**
 * A text from a client, normalised to NFC. Lengths count Unicode code points as JSON Schema does, not UTF-16 units as
 * JavaScript does.
 *
 * The rules for titles, tags and bodies are in `src/text`. NUL and lone surrogates are refused, since PostgreSQL cannot
 * store them. So are more than 30 combining marks in a row, which no language needs (Stream-Safe Text Format, Unicode
 * Standard Annex 15): the time to normalise them grows with the square of their number.
 */
export function textField({ min = 0, max, isBlankAllowed = true, kind = 'any', trim }: TextLimits) {
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
      // A few characters become two or three in NFC; the stored text must not exceed the documented length.
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
