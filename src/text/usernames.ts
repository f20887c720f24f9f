import { isOfOneDirection } from './direction.ts'
import type { Fault } from './fault.ts'
import { isOfOneScript } from './scripts.ts'
import { usernameCharacterFault } from './username-characters.ts'
import { mapWidth } from './width.ts'

/** Characters (code points) of a canonical username; one of ASCII alone needs three. */
export const usernameLength = { min: 2, minAscii: 3, max: 32 }

/** Decomposed, a syllable is three characters, a letter seldom more than four. */
const longestTyped = usernameLength.max * 4

/**
 * The one form of a username that is stored and looked for, however it was typed: the profile UsernameCaseMapped of
 * PRECIS (RFC 8265, section 3.3), in lower case and NFC with ordinary width.
 */
export function canonicalUsername(typed: string): string {
  let username = typed
  // Once is enough for nearly all; RFC 8264, section 7, asks for a form that no further round would change.
  for (let round = 0; round < 4; round++) {
    const next = mapWidth(username).toLowerCase().normalize('NFC')
    if (next === username) break
    username = next
  }
  return username
}

/**
 * What somebody types to log in: a username or an e-mail address. White space around it, which keyboards of phones add,
 * is taken off.
 */
export function trimmed(typed: string): string {
  return typed.replace(/^[\s\p{Default_Ignorable_Code_Point}]+|[\s\p{Default_Ignorable_Code_Point}]+$/gu, '')
}

/** The canonical form of a new username, or what is wrong with it. Whether it is taken is not asked here. */
export function checkUsername(typed: string): { username: string } | Fault {
  if (typed.length > longestTyped) return tooLong
  const username = canonicalUsername(typed)
  const fault = usernameCharacterFault(username) ?? lengthFault(username)
  if (fault) return fault
  if (!isOfOneDirection(username)) {
    return {
      code: 'mixed_direction',
      message: 'Must begin and end with a letter where it is written from right to left; digits may end it.',
    }
  }
  if (!isOfOneScript(username)) {
    return {
      code: 'mixed_scripts',
      message: 'Must be in one script; Latin may stand beside Chinese, Japanese or Korean.',
    }
  }
  return { username }
}

const tooLong = { code: 'invalid_format', message: `Must have at most ${usernameLength.max} characters.` }

function lengthFault(username: string): Fault | undefined {
  const { min, minAscii, max } = usernameLength
  const length = [...username].length
  const isAscii = !/\P{ASCII}/u.test(username)
  if (length < (isAscii ? minAscii : min)) {
    const message = `Must have at least ${minAscii} characters; ${min} are enough where not all are a-z, 0-9, "_", "." and "-".`
    return { code: 'invalid_format', message }
  }
  return length > max ? tooLong : undefined
}
