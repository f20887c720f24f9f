import type { Fault } from './fault.ts'
import { mapWidth } from './width.ts'

/** Neighbours on keyboards and in alphabets that are not neighbours in Unicode. */
const rows = [
  '1234567890',
  '!@#$%^&*()',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'yxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
  'qazwsxedcrfvtgbyhnujm',
  'йцукенгшщзхъ',
  'фывапролджэ',
  'ячсмитьбю',
  'ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ',
  'ㅁㄴㅇㄹㅎㅗㅓㅏㅣ',
  'ㅋㅌㅊㅍㅠㅜㅡ',
  '가나다라마바사아자차카타파하',
]

/** The shortest sequence that counts. */
const minRunLength = 3
/** The maximum number of characters besides the sequences: abcdefgh! is no better than abcdefgh. */
const maxOtherCharacters = 2

/** Whether a password is one character repeated, or made of sequences such as abcd, 4321 and qwerty. */
function isPlainSequence(password: string): boolean {
  const characters = [...password.toLowerCase()]
  let beside = 0
  for (let at = 0; at < characters.length; ) {
    const length = runFrom(characters, at)
    if (length < minRunLength) beside++
    at += length < minRunLength ? 1 : length
  }
  return beside <= maxOtherCharacters
}

/** The length of the sequence that starts here. */
function runFrom(characters: string[], start: number): number {
  const lengths = follows.map((isNext) => {
    let end = start + 1
    while (end < characters.length && isNext(characters[end - 1] ?? '', characters[end] ?? '')) end++
    return end - start
  })
  return Math.max(...lengths)
}

const codeOf = (character: string) => character.codePointAt(0) ?? 0

const follows: ((one: string, next: string) => boolean)[] = [
  (one, next) => one === next,
  (one, next) => codeOf(next) === codeOf(one) + 1,
  (one, next) => codeOf(next) === codeOf(one) - 1,
  ...rows.flatMap((row) => [
    (one: string, next: string) => row.includes(one + next),
    (one: string, next: string) => row.includes(next + one),
  ]),
]

const product = 'gatepost'

/** Whether a password is the account's or the product's name with only digits and symbols around and between. */
function isNameWithSymbols(password: string, { username, email }: { username: string; email: string }) {
  const local = email.slice(0, email.lastIndexOf('@'))
  const domain = email.slice(email.lastIndexOf('@') + 1)
  const written = wordOf(password)
  return [username, email, local, domain, product]
    .map(wordOf)
    .some((word) => word.length > 1 && new RegExp(`^\\p{Nd}*(?:${word}\\p{Nd}*)+$`, 'u').test(written))
}

/** Only letters, marks and digits, so that nothing has a special meaning in a regular expression. */
function wordOf(text: string): string {
  return mapWidth(text)
    .toLowerCase()
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{M}\p{Nd}]/gu, '')
}

/** What is wrong with a new password of this account, apart from its length (ASVS 5.0, 6.2.11). */
export function passwordFault(
  password: string,
  account: { username: string; email: string },
): Fault | undefined {
  // HTTP Basic cannot carry control characters (RFC 7617, section 2).
  if (/\p{Cc}/u.test(password))
    return { code: 'control_character', message: 'Must not contain control characters.' }
  if (isNameWithSymbols(password, account)) {
    const message =
      'Must not be the username, the e-mail address or the name of this service, whatever digits and signs are around it.'
    return { code: 'same_as_account', message }
  }
  return undefined
}

/** Reports a simple sequence. Checked last: many sequences are also common passwords, whose message is more helpful. */
export function sequenceFault(password: string): Fault | undefined {
  if (!isPlainSequence(password)) return undefined
  const message = 'Must not be one character repeated or a plain sequence, such as abcdefgh or 12345678.'
  return { code: 'too_simple', message }
}
