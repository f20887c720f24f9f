import { z } from 'zod'
import { DatabaseUrlError } from '../db/postgres/database-url-error.ts'
import { parsePostgresUrl } from '../db/postgres/target.ts'
import { type Network, parseNetwork } from '../text/ip-address.ts'

// Parsers for values of environment variables. Messages never repeat the value, since it may be secret.

/** Text that is not blank. */
export function nonBlank() {
  return z.string().trim().min(1, 'must not be blank.')
}

/** A whole number, written in digits. */
export function integer(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}.`
  return converted(message, (value) => within(min, max, /^\d{1,15}$/.test(value) ? Number(value) : undefined))
}

const secondsPerUnit = { '': 1, ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 }

/** A duration in seconds, or with a unit: 500ms, 30s, 15m, 12h, 30d. The result is in seconds. */
export function duration(min: number, max: number) {
  const message = `must be a time such as 30 (seconds), 500ms, 30s, 15m, 12h or 30d, from ${min} to ${max} seconds.`
  return amount(/^(\d{1,9})(ms|s|m|h|d|)$/, secondsPerUnit, message, min, max)
}

const bytesPerUnit = { '': 1, B: 1, kB: 1000, KiB: 1024, MB: 1_000_000, MiB: 1_048_576 }

/** A size in bytes, or with a unit: 512KiB, 1MiB. The result is in bytes. */
export function bytes(min: number, max: number) {
  const message = `must be a size such as 65536 (bytes), 512KiB or 1MiB, from ${min} to ${max} bytes.`
  return amount(/^(\d{1,12})(B|kB|KiB|MB|MiB|)$/, bytesPerUnit, message, min, max)
}

/** The origin of a server: scheme, host and port, no path. The result has no slash at the end. */
export function origin() {
  const message = 'must be an address without a path, such as https://api.example.com.'
  return z
    .string(message)
    .refine(isOrigin, message)
    .transform((value) => new URL(value).origin)
}

/** An http or https URL, with or without a path. */
export function webAddress() {
  const message = 'must be an address such as http://127.0.0.1:4318.'
  return z
    .string(message)
    .refine((value) => /^https?:\/\/[!-~]+$/.test(value) && URL.canParse(value), message)
}

/** A contact as a URI (RFC 9116, section 2.5.3); an e-mail address becomes a mailto: URI. */
export function contact() {
  const message = 'must be e-mail addresses, or addresses that begin with https:, mailto: or tel:.'
  return converted(message, (value) => {
    const uri = /^[^\s:/@]+@[^\s:/@]+$/.test(value) ? `mailto:${value}` : value
    return /^(https:\/\/|mailto:|tel:)[!-~]+$/.test(uri) && URL.canParse(uri) ? uri : undefined
  })
}

/** A number from 0 to 1. */
export function share() {
  const message = 'must be a number from 0 to 1, such as 0.1.'
  return converted(message, (value) =>
    /^\d(\.\d{1,6})?$/.test(value) && Number(value) <= 1 ? Number(value) : undefined,
  )
}

/** An IP address or a network: 10.1.2.3, 10.0.0.0/8, 2001:db8::/32. */
export function network() {
  const message =
    'must be IP addresses or networks such as 10.1.2.3, 10.0.0.0/8 or 2001:db8::/32, and not all addresses (/0).'
  return converted<Network>(message, (value) => (value.endsWith('/0') ? undefined : parseNetwork(value)))
}

/** The URL of one or more PostgreSQL servers, with libpq's parameters. Messages never repeat the password. */
export function postgresUrl() {
  return z.string('must be the URL of a PostgreSQL server.').superRefine((value, context) => {
    try {
      parsePostgresUrl(value)
    } catch (error) {
      if (!(error instanceof DatabaseUrlError)) throw error
      context.addIssue({ code: 'custom', message: error.message })
    }
  })
}

/** One of these words. */
export function oneOf<T extends string>(...words: [T, ...T[]]) {
  return z.enum(words, `must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}.`)
}

/** Values separated by commas; empty text is an empty list. */
export function list<T>(item: z.ZodType<T, string>) {
  return z
    .string()
    .transform((value) =>
      value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(item))
}

function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false
  const { protocol, origin, href } = new URL(value)
  return /^https?:$/.test(protocol) && href === `${origin}/`
}

function amount<Unit extends string>(
  pattern: RegExp,
  units: Record<Unit, number>,
  message: string,
  min: number,
  max: number,
) {
  return converted(message, (value) => {
    const [, digits, unit] = pattern.exec(value) ?? []
    if (digits === undefined) return undefined
    return within(min, max, Number(digits) * units[unit as Unit]) // the pattern allows only these units
  })
}

function within(min: number, max: number, value: number | undefined): number | undefined {
  return value !== undefined && value >= min && value <= max ? value : undefined
}

/** One schema instead of a chain halves the time to build the settings, which Workers do at each start. */
function converted<T>(message: string, convert: (value: string) => T | undefined) {
  return z.string(message).transform((value, context): T => {
    const result = convert(value)
    if (result !== undefined) return result
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })
}
