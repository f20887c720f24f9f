import { isOfOneDirection } from './direction.ts'
import type { Fault } from './fault.ts'
import { isOfOneScript } from './scripts.ts'
import { usernameCharacterFault } from './username-characters.ts'
import { mapWidth } from './width.ts'

/** The length of a canonical username in code points; a pure ASCII name needs at least three. */
export const usernameLength = { min: 2, minAscii: 3, max: 32 }

/** A decomposed syllable has three characters, a decomposed letter seldom more than four. */
const maxTypedLength = usernameLength.max * 4

/**
 * The form of a username that is stored and compared: the profile UsernameCaseMapped of PRECIS (RFC 8265, section 3.3),
 * in lower case, NFC and ordinary width.
 */
export function canonicalUsername(typed: string): string {
  let username = typed
  // One round is enough for nearly all names; RFC 8264, section 7, requires a form that another round does not change.
  for (let round = 0; round < 4; round++) {
    const next = mapWidth(username).toLowerCase().normalize('NFC')
    if (next === username) break
    username = next
  }
  return username
}

/** The text of a log-in (username or e-mail address) without white space at its ends, which phone keyboards add. */
export function trimmed(typed: string): string {
  return typed.replace(/^[\s\p{Default_Ignorable_Code_Point}]+|[\s\p{Default_Ignorable_Code_Point}]+$/gu, '')
}

/** The canonical form of a new username, or what is wrong with it. Does not check whether it is taken. */
export function checkUsername(typed: string): { username: string } | Fault {
  if (typed.length > maxTypedLength) return tooLong
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
