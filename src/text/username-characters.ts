import { codePointOf, type Fault } from './fault.ts'

/**
 * The letters, marks and digits of PRECIS' IdentifierClass (RFC 8264, section 4.2), and `_ . -`; of its exceptions
 * (section 9.6) only those that are letters of words.
 */
const allowed = /^[\p{Ll}\p{Lu}\p{Lo}\p{Lm}\p{Mn}\p{Mc}\p{Nd}_.\-\u06fd\u06fe\u0f0b\u3007]$/u
const excepted = /[\u0640\u07fa\u302e\u302f\u3031-\u3035\u303b\p{Default_Ignorable_Code_Point}]/u
/** Conjoining jamo. Valid names use whole syllables instead. */
const hangulJamo = /[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb]/

/** Characters that are allowed only in certain contexts (RFC 5892, appendix A), with the pattern of valid names. */
const inPlace: [characters: RegExp, name: RegExp][] = [
  [/\u00b7/, /^(?:[^\u00b7]|(?<=l)\u00b7(?=l))*$/], // Catalan: gal·la
  [/\u0375/, /^(?:[^\u0375]|\u0375(?=\p{Script=Greek}))*$/u],
  [/[\u05f3\u05f4]/, /^(?:[^\u05f3\u05f4]|(?<=\p{Script=Hebrew})[\u05f3\u05f4])*$/u],
  [/\u30fb/, /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u],
]

/** The first character of a canonical username that is not allowed, or not allowed at its position. */
export function usernameCharacterFault(username: string): Fault | undefined {
  const wrong = Array.from(username).find((character) => !isAllowed(character, username))
  if (wrong !== undefined) {
    return {
      code: 'invalid_format',
      message: `Must consist of letters, marks and digits, "_", "." and "-": it has ${codePointOf(wrong)}.`,
    }
  }
  if (/^\p{M}/u.test(username))
    return { code: 'mark_first', message: 'Must not begin with a combining mark.' }
  // More marks would overlap on the screen (UTS #39, section 5.4).
  if (/(\p{Mn})\1|\p{Mn}{5}/u.test(username.normalize('NFD'))) {
    const message = 'Must not have the same mark twice on a letter, nor more than four marks on one.'
    return { code: 'too_many_marks', message }
  }
  if (countDigitSystems(username) > 1)
    return { code: 'mixed_digits', message: 'Must not have digits of two scripts.' }
  return undefined
}

function isAllowed(character: string, username: string): boolean {
  const [, name] = inPlace.find(([characters]) => characters.test(character)) ?? []
  if (name) return name.test(username)
  return (
    allowed.test(character) &&
    !excepted.test(character) &&
    !hangulJamo.test(character) &&
    character.normalize('NFKC') === character
  )
}

/**
 * The ten digits of a script follow each other in Unicode, so the code point of zero identifies it (UTS #39, section
 * 5.3).
 */
function countDigitSystems(username: string): number {
  const digits = username.match(/\p{Nd}/gu) ?? []
  return new Set(digits.map(zeroOf)).size
}

function zeroOf(digit: string): number {
  let zero = digit.codePointAt(0) ?? 0
  for (let steps = 0; steps < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1)); steps++) zero--
  return zero
}
