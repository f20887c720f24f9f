import { arabicNumbers, rightToLeft } from './unicode.generated.ts'

const toClass = (ranges: string) =>
  ranges.replace(/([0-9a-f]+)-([0-9a-f]+) ?/g, (_, first, last) => `\\u{${first}}-\\u{${last}}`)

let rules: { hasRightToLeft: RegExp; isInOrder: RegExp } | undefined

/**
 * Conditions 1 to 4 of the Bidi rule, for the characters of usernames. Marks may occur anywhere except at the start.
 */
function makeRules() {
  const letters = toClass(rightToLeft)
  const arabic = toClass(arabicNumbers)
  // 0-9 and U+06F0-06F9 are European numbers here; together with Arabic digits they would be reordered.
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
 * Whether a username is displayed in one order in any surroundings (the Bidi rule, RFC 5893, section 2). A name with
 * right-to-left letters must begin with one, and end with one or with a digit.
 */
export function isOfOneDirection(username: string): boolean {
  if (!/[\u0590-\u{10ffff}]/u.test(username)) return true // a fast path for most names
  rules ??= makeRules()
  return !rules.hasRightToLeft.test(username) || rules.isInOrder.test(username)
}
