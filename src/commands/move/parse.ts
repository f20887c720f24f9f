import type { z } from 'zod'
import { ConfigError } from '../../config/config.ts'
import { duplicateKey } from '../../http/duplicate-key.ts'
import type { Line } from './lines.ts'

/** Parses a line by a schema. @throws ConfigError that names the line and every wrong field */
export function parseLine<T>(schema: z.ZodType<T>, line: Line): T {
  return check(schema, parseJson(line), whereOf(line))
}

/** Parses the JSON of a line. @throws ConfigError that names the line */
export function parseJson(line: Line): unknown {
  if (line.fault !== undefined) throw new ConfigError(`${whereOf(line)}: ${line.fault}`)
  const value = parsed(line)
  // It is unknown which of the two values is right.
  const twice = duplicateKey(line.text)
  if (twice !== undefined) throw new ConfigError(`${whereOf(line)}: Has the key ${twice} twice.`)
  return value
}

function parsed(line: Line): unknown {
  try {
    return JSON.parse(line.text)
  } catch {
    throw new ConfigError(`${whereOf(line)}: Is not JSON.`)
  }
}

/** Validates a value by a schema. @throws ConfigError with a line per error: place and rule */
export function check<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new ConfigError(result.error.issues.map((issue) => `${where}: ${describeIssue(issue)}`).join('\n'))
}

/** The field and the rule. Replaces Zod's own messages, which are for programmers. */
export function describeIssue(issue: z.core.$ZodIssue): string {
  return [issue.path.join('.'), wordsOf(issue)].filter(Boolean).join(': ')
}

const kinds: Record<string, string> = {
  string: 'text in quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
}

function wordsOf(issue: z.core.$ZodIssue): string {
  if (!/^(Invalid|Too (small|big)|Unrecognized)/.test(issue.message)) return issue.message
  switch (issue.code) {
    case 'invalid_type':
      if (issue.message.endsWith('received undefined')) return 'Is missing.'
      return `Must be ${kinds[issue.expected] ?? issue.expected}.`
    case 'invalid_value':
      return `Must be ${issue.values.map(String).join(' or ')}.`
    case 'invalid_format':
      return `Must be a valid ${issue.format === 'uuid' ? 'UUID' : issue.format}.`
    case 'too_small':
      return `Must be at least ${issue.minimum}.`
    case 'too_big':
      return `Must be at most ${issue.maximum}.`
    case 'unrecognized_keys':
      return `Has fields that are not known, ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}: remove them.`
    default:
      return issue.message
  }
}

export function whereOf({ number }: Line): string {
  return `line ${number}`
}
