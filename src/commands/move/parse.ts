import type { z } from 'zod'
import { ConfigError } from '../../config.ts'
import type { Line } from './lines.ts'

/** What a line says. @throws ConfigError that names the line and the fields that are wrong */
export function parseLine<T>(schema: z.ZodType<T>, { number, text }: Line): T {
  const where = `line ${number}`
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new ConfigError(`${where}: Is not JSON.`)
  }
  return check(schema, value, where)
}

/** The value as the schema has it. @throws ConfigError that says where it stands and what is wrong */
export function check<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const reasons = result.error.issues.map(({ path, message }) =>
    [path.join('.'), message].filter(Boolean).join(': '),
  )
  throw new ConfigError(`${where}: ${reasons.join(' ')}`)
}
