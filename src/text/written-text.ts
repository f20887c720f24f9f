import { codePointOf, type Fault } from './fault.ts'

/**
 * How a text is written: `line` for titles, tags and names to show, `body` for texts of several lines, `any` for what
 * nobody else reads, such as a password or the words of a search.
 */
export type TextKind = 'line' | 'body' | 'any'

/** U+2028 and U+2029 break lines too, though they are no control characters. */
const controls = /[\p{Cc}\u2028\u2029]/u
const controlsInBody = /[^\P{Cc}\t\n\r]/u
/** Embeddings and overrides change the order of what stands behind the text, unless they are closed. */
const bidiControls = /[\u202a-\u202e]/u
const bidiControlsInLine = /[\u202a-\u202e\u2066-\u2069]/u

/** The first character that a text of this kind must not have. */
export function characterFault(text: string, kind: TextKind): Fault | undefined {
  if (kind === 'any') return undefined
  const [control] = (kind === 'body' ? controlsInBody : controls).exec(text) ?? []
  if (control !== undefined) {
    const except = kind === 'body' ? ', but line breaks and tabs' : ''
    const message = `Must not contain control characters${except}: it has ${codePointOf(control)}.`
    return { code: 'control_character', message }
  }
  const [bidi] = (kind === 'body' ? bidiControls : bidiControlsInLine).exec(text) ?? []
  if (bidi === undefined) return undefined
  const message = `Must not contain characters that change the direction of text: it has ${codePointOf(bidi)}.`
  return { code: 'bidi_control', message }
}

/**
 * What leaves no mark on a page: white space, controls, formats (Cf, but those that are drawn around digits),
 * default-ignorable characters, code points that are no characters, and a few that have a width and no ink. Emoji and
 * scripts that need joiners have other characters beside them.
 */
const invisible =
  /^(?:[\s\p{Cc}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\ufff9-\ufffb\u{13430}-\u{1345f}\u{16fe4}\u{1d159}]|(?![\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}])\p{Cf})*$/u

/** Whether nothing of a text can be seen. */
export function isInvisible(text: string): boolean {
  return invisible.test(text)
}

/** Without blanks at its ends. Line breaks and tabs are no blanks: where they are not wanted they are refused. */
export function trimBlanks(text: string): string {
  return text.replace(/^[\p{Zs}\ufeff]+/u, '').replace(/(?<![\p{Zs}\ufeff])[\p{Zs}\ufeff]+$/u, '')
}

/** Without blanks at its ends, and with one where there were several, or one of another width. */
export function foldBlanks(text: string): string {
  return trimBlanks(text.replace(/[\p{Zs}\ufeff]+/gu, ' '))
}
