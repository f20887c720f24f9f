import { z } from '@hono/zod-openapi'

// Fields that several resources share, with their description, limits and examples for the document.

const uuidPattern = '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'

/** A UUID (RFC 9562) of any version. An unknown one is 404, not 422. */
export const uuid = (description: string, example?: string) =>
  z.guid().openapi({
    format: 'uuid',
    minLength: 36,
    maxLength: 36,
    pattern: uuidPattern,
    description,
    ...(example && { example }),
  })

/** Id of the first demo user. */
export const demoUserId = '019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e'
/** Id of the second demo user. */
export const otherDemoUserId = '019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6f'
/** Id of a session of the first demo user. */
export const demoSessionId = '019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d70'
/** Id of an API token of the first demo user. */
export const demoTokenId = '019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d71'

/** A time in a response: RFC 3339, in UTC, with milliseconds. */
export const dateTime = (description: string) =>
  z.iso.datetime().openapi({
    format: 'date-time',
    minLength: 24,
    maxLength: 24,
    pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$',
    description,
    example: '2026-11-21T09:30:00.000Z',
  })

/** A time in a request: RFC 3339, with any offset. */
export const time = (description: string) =>
  z.iso
    .datetime({ offset: true, abort: true })
    .max(64, { abort: true })
    .refine((text) => isInYears(new Date(text), 1, 9999), {
      error: 'Must lie in the years 1 to 9999, in UTC.', // the years that PostgreSQL can read in this notation
      abort: true,
      params: { code: 'out_of_range' },
    })
    .transform((text) => new Date(text).toISOString())
    .openapi({
      type: 'string',
      format: 'date-time',
      minLength: 20,
      maxLength: 64,
      pattern:
        '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d+)?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)$',
      description,
    })

function isInYears(time: Date, first: number, last: number): boolean {
  const year = time.getUTCFullYear()
  return year >= first && year <= last
}

/** A counter in a response, at least `min`. Counters have 32 bits. */
export const count = (description: string, example: number, min = 0) =>
  z.int32().min(min).openapi({
    type: 'integer',
    format: 'int32',
    minimum: min,
    maximum: 2_147_483_647,
    description,
    example,
  })

/** The id of a post or comment in a response. */
export const numericId = (description: string) =>
  z.int().min(1).openapi({
    type: 'integer',
    format: 'int64',
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    description,
    example: 1,
  })

/** A text in a response, with `min` to `max` characters. By default it may contain all characters except NUL. */
export const output = (
  description: string,
  { min = 0, max, pattern = '^[^\\u0000]*$', example }: OutputText,
) => z.string().openapi({ description, minLength: min, maxLength: max, pattern, ...(example && { example }) })

interface OutputText {
  min?: number
  max: number
  pattern?: string
  example?: string
}

/** The IP address of a client in a response. */
export const address = (description: string) =>
  output(description, { min: 2, max: 45, pattern: '^([0-9a-f.:]+|unknown)$', example: '203.0.113.7' })

/** The User-Agent of a client in a response. */
export const userAgent = (description: string) => output(description, { max: 512, example: 'curl/8.14.1' })
