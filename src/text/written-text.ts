import { codePointOf, type Fault } from './fault.ts'

/**
 * The kinds of text: `line` for titles, tags and display names, `body` for texts of several lines, `any` for text that
 * no other person reads, such as passwords and searches.
 */
export type TextKind = 'line' | 'body' | 'any'

/** U+2028 and U+2029 also break lines, although they are not control characters. */
const controls = /[\p{Cc}\u2028\u2029]/u
const controlsInBody = /[^\P{Cc}\t\n\r]/u
/** Unclosed embeddings and overrides would change the order of the text behind them. */
const bidiControls = /[\u202a-\u202e]/u
const bidiControlsInLine = /[\u202a-\u202e\u2066-\u2069]/u

/** The first character that is not allowed in this kind of text. */
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
 * Characters without visible output: white space, controls, formats (Cf, except those drawn around digits),
 * default-ignorable characters, noncharacters, and a few blank characters with a width. Emoji and scripts that need
 * joiners also contain visible characters.
 */
const invisible =
  /^(?:[\s\p{Cc}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\ufff9-\ufffb\u{13430}-\u{1345f}\u{16fe4}\u{1d159}]|(?![\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}])\p{Cf})*$/u

/** Whether a text contains nothing visible. */
export function isInvisible(text: string): boolean {
  return invisible.test(text)
}

/** Removes spaces at both ends. Line breaks and tabs are kept: where they are not allowed, they are refused. */
export function trimBlanks(text: string): string {
  return text.replace(/^[\p{Zs}\ufeff]+/u, '').replace(/(?<![\p{Zs}\ufeff])[\p{Zs}\ufeff]+$/u, '')
}

/** Removes spaces at both ends, and replaces several spaces, or a space of another width, by an ordinary one. */
export function foldBlanks(text: string): string {
  return trimBlanks(text.replace(/[\p{Zs}\ufeff]+/gu, ' '))
}
