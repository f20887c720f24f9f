import { domainToASCII, domainToUnicode } from 'node:url'
import { codePointOf, type Fault } from './fault.ts'
import { mapWidth } from './width.ts'

/** Maximum lengths, in bytes of UTF-8 (RFC 5321, section 4.5.3.1). */
const maxBytes = { local: 64, address: 254 }

/** The characters of an atom (RFC 5322, section 3.2.3), and letters, marks and digits of any script (RFC 6531). */
const atomCharacter = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\p{L}\p{M}\p{N}]$/u

/** The characters that are passed to UTS #46. It would accept more, such as emoji, which registries do not. */
const domainCharacters =
  /^(?:[\p{L}\p{M}\p{N}.\-\u00b7\u0375\u05f3\u05f4\u3002\u30fb\uff0e\uff61]|\u200c|\u200d)+$/u

const asciiDomain =
  /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * The form of an e-mail address that is stored and compared: NFC, in lower case, with the domain in A-labels (UTS #46).
 * For text that is not an address, it returns a text that no account has.
 */
export function canonicalAddress(typed: string): string {
  const at = typed.lastIndexOf('@')
  const local = mapWidth(typed.slice(0, at)).toLowerCase().normalize('NFC')
  return `${local}@${toAscii(typed.slice(at + 1))}`
}

/** The address with the domain in its own script, for people. */
export function shownAddress(stored: string): string {
  const at = stored.lastIndexOf('@')
  const domain = stored.slice(at + 1)
  return /(?:^|\.)xn--/.test(domain) ? `${stored.slice(0, at)}@${domainToUnicode(domain)}` : stored
}

/** What is wrong with a new address. It refuses texts that a mail client could read as two addresses or as a header. */
export function addressFault(typed: string): Fault | undefined {
  if (typed.split('@').length !== 2) return notAnAddress('Must be an e-mail address.')
  const address = canonicalAddress(typed)
  const [local = '', domain = ''] = address.split('@')
  const wrong = Array.from(local.replaceAll('.', '')).find((character) => !isAtomCharacter(character))
  if (wrong !== undefined)
    return notAnAddress(`Must be an e-mail address: ${codePointOf(wrong)} cannot stand before the @.`)
  // An encoded word (RFC 2047), which some clients decode where no address may have one: into another address.
  if (local.includes('=?')) return notAnAddress('Must be an e-mail address: "=?" cannot stand before the @.')
  if (local.split('.').some((atom) => atom === '')) {
    return notAnAddress('Must be an e-mail address: dots stand between other characters before the @.')
  }
  if (!isDomain(domain)) return notAnAddress('Must be an e-mail address: its domain is none.')
  if (bytesOf(local) > maxBytes.local || bytesOf(address) > maxBytes.address) {
    const message = `Must have at most ${maxBytes.local} bytes in UTF-8 before the @, and ${maxBytes.address} in all.`
    return { code: 'too_long', message }
  }
  return undefined
}

function notAnAddress(message: string): Fault {
  return { code: 'invalid_format', message }
}

function isAtomCharacter(character: string): boolean {
  return atomCharacter.test(character) && !/\p{Default_Ignorable_Code_Point}/u.test(character)
}

/** A label with xn-- must be the encoding by UTS #46 of some letters. */
function isDomain(domain: string): boolean {
  if (!asciiDomain.test(domain)) return false
  const shown = domainToUnicode(domain)
  return domainCharacters.test(shown) && !/(?:^|\.)xn--/.test(shown) && domainToASCII(shown) === domain
}

function toAscii(domain: string): string {
  if (/^[a-z0-9.-]*$/i.test(domain)) return domain.toLowerCase()
  return domainCharacters.test(domain) ? domainToASCII(domain) : ''
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length
}
