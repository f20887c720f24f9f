import { DatabaseUrlError } from './database-url-error.ts'
import {
  fixed,
  followed,
  ignored,
  knownNames,
  refused,
  serverSettings,
  type Values,
} from './url-parameters.ts'

export interface Parameters {
  /** Parameters that Gatepost supports. */
  values: Record<string, string>
  /** Settings to send to the server. */
  settings: Record<string, string>
  /** Names of parameters without effect. */
  ignored: string[]
}

/**
 * Sorts the parameters of a URL, given in encoded form. As in libpq, a plus sign is literal, and the last of several
 * with one name counts. @throws DatabaseUrlError for an unknown name or value
 */
export function readParameters(query: string): Parameters {
  const result: Parameters = { values: {}, settings: {}, ignored: [] }
  for (const part of query.split('&')) {
    if (part === '') continue
    const [name = '', value] = part.split(/=(.*)/s, 2).map(decodeURIComponent)
    if (value === undefined) throw new DatabaseUrlError(`has a parameter without a value: ${shown(name)}.`)
    if (value.includes('\0')) throw new DatabaseUrlError(`has a NUL character in ${shown(name)}.`)
    sort(name, value, result)
  }
  return result
}

function sort(name: string, value: string, result: Parameters) {
  const own = <T>(table: Readonly<Record<string, T>>) =>
    Object.hasOwn(table, name) ? table[name] : undefined
  const instead = own(refused)
  if (instead !== undefined) {
    throw new DatabaseUrlError(`has the parameter ${name}, which Gatepost cannot follow: ${instead}.`)
  }
  const known = own(followed) ?? own(fixed) ?? own(ignored)
  if (known !== undefined) check(name, value, known)
  if (Object.hasOwn(followed, name)) result.values[name] = value
  else if (serverSettings.includes(name)) result.settings[name] = value
  else if (Object.hasOwn(ignored, name)) result.ignored.push(name)
  else if (known === undefined) throw new DatabaseUrlError(`has ${unknown(name)}.`)
}

function check(name: string, value: string, { allowed, isAllowed }: Values) {
  if (isAllowed(value)) return
  // Part of a password may look like a value, so the message repeats only a plain word.
  const what = /^[a-z][a-z0-9_.-]{0,30}$/i.test(value) ? `${name}=${value}` : `a wrong value of ${name}`
  throw new DatabaseUrlError(`has ${what}: the values of ${name} are ${allowed}.`)
}

function unknown(name: string) {
  const meant = knownNames().find((known) => isNear(known.toLowerCase(), name.toLowerCase()))
  const hint = meant === undefined ? 'correct or remove it' : `did you mean ${meant}?`
  return `an unknown parameter, ${shown(name)}: ${hint.replace(/\?$/, '')}`
}

/** Part of a password may look like a name, so the message repeats only what can be a name. */
function shown(name: string) {
  return /^[a-z][a-z0-9_.-]{1,40}$/i.test(name) ? name : 'whose name is none of letters and digits'
}

/** Whether two names differ in at most two neighbouring characters, or in a swap of two. */
function isNear(one: string, other: string) {
  if (Math.abs(one.length - other.length) > 1) return false
  let start = 0
  while (start < one.length && one[start] === other[start]) start++
  let end = 0
  while (end < one.length - start && end < other.length - start && one.at(-1 - end) === other.at(-1 - end))
    end++
  return Math.max(one.length, other.length) - start - end <= 2
}
