/** Letters that take two cells on a terminal, and marks that take none (UAX #11, approximately). */
const wide =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff01-\uff60]/u
const narrow = /[\p{Mn}\p{Me}\p{Default_Ignorable_Code_Point}]/u

function cellsOf(text: string): number {
  return Array.from(text, (character) =>
    narrow.test(character) ? 0 : wide.test(character) ? 2 : 1,
  ).reduce<number>((sum, cells) => sum + cells, 0)
}

/**
 * Encloses a text in Unicode isolates, so that right-to-left letters do not reorder the text beside it. Only for
 * terminals: a program that reads the output gets the plain text.
 */
export function isolated(text: string): string {
  const needsIt =
    process.stdout.isTTY && /[\u0590-\u08ff\ufb1d-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u.test(text)
  return needsIt ? `\u2068${text}\u2069` : text
}

/** Pads a text with spaces to a column of this many cells. */
export function column(text: string, cells: number): string {
  return isolated(text) + ' '.repeat(Math.max(0, cells - cellsOf(text)))
}
