import type { DeclaredHeader } from './document.ts'
import type { Exchange } from './exchange.ts'
import type { Validate } from './schemas.ts'

/** Headers of HTTP itself, which documents do not list. */
const plain = [
  'content-type',
  'content-length',
  'content-encoding', // set by a proxy or the platform; the API does not use it
  'date',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'vary',
]

/** Compares the headers of a response with the declared ones. */
export function headerFaults(
  exchange: Exchange,
  declared: ReadonlyMap<string, DeclaredHeader>,
  validate: Validate,
): string[] {
  const { headers } = exchange
  return [
    ...undeclaredHeaderFaults(exchange, declared),
    ...[...declared].flatMap(([name, { required, schema }]) => {
      const value = headers.get(name)
      if (value === null) return required ? [`the required header ${name} is missing`] : []
      return validate(schema, parsed(value, schema.type)).map((fault) => `header ${name}: ${value}: ${fault}`)
    }),
  ]
}

/** Headers that are neither declared nor part of HTTP itself; CORS headers are allowed if the request has an Origin. */
export function undeclaredHeaderFaults(
  { headers, status, method, requestHeaders }: Exchange,
  declared: { has(name: string): boolean },
): string[] {
  const isAllowed = (name: string) =>
    declared.has(name) ||
    plain.includes(name) ||
    (name === 'allow' && (status === 405 || method === 'OPTIONS')) ||
    (name === 'accept-patch' && method === 'OPTIONS') ||
    (name.startsWith('access-control-') && requestHeaders?.has('origin'))
  return [...new Set(headers.keys())]
    .filter((name) => !isAllowed(name))
    .map((name) => `the header ${name} is not declared`)
}

/** Parses the text of a header (OpenAPI style `simple`). */
function parsed(text: string, type: unknown): unknown {
  if (type === 'integer' && /^-?\d+$/.test(text)) return Number(text)
  if (type === 'number' && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true'
  if (type === 'array') return text.split(',').map((part) => part.trim())
  return text
}
