import { arabicNumbers, rightToLeft } from './unicode.generated.ts'

const toClass = (ranges: string) =>
  ranges.replace(/([0-9a-f]+)-([0-9a-f]+) ?/g, (_, first, last) => `\\u{${first}}-\\u{${last}}`)

let rules: { hasRightToLeft: RegExp; isInOrder: RegExp } | undefined

/** Conditions 1 to 4 of the Bidi rule, for what usernames consist of. Marks may stand everywhere but in front. */
function makeRules() {
  const letters = toClass(rightToLeft)
  const arabic = toClass(arabicNumbers)
  // 0-9 and U+06F0-06F9 are European numbers there; both kinds together would be read in another order.
  const european = '0-9\\u06f0-\\u06f9'
  const others = '_.\\-\\u00b7\\p{M}'
  const order = (numbers: string) =>
    `[${letters}](?:[${letters}${numbers}${others}]*[${letters}${numbers}]\\p{M}*|\\p{M}*)`
  return {
    hasRightToLeft: new RegExp(`[${letters}${arabic}]`, 'u'),
    isInOrder: new RegExp(`^(?:${order(arabic)}|${order(european)})$`, 'u'),
  }
}

/**
 * Whether a username is read in one order wherever it stands (the Bidi rule, RFC 5893, section 2): one with letters
 * written from right to left begins with such a letter and ends with one or with a digit.
 */
export function isOfOneDirection(username: string): boolean {
  if (!/[\u0590-\u{10ffff}]/u.test(username)) return true // quick, and most names
  rules ??= makeRules()
  return !rules.hasRightToLeft.test(username) || rules.isInOrder.test(username)
}
