import type { DeclaredHeader } from './document.ts'
import type { Exchange } from './exchange.ts'
import type { Validate } from './schemas.ts'

/** HTTP's own, which no document lists. */
const plain = [
  'content-type',
  'content-length',
  'content-encoding', // of a proxy, or of the platform: the API has none of its own
  'date',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'vary',
]

/** Compares the headers of an answer with the declared ones. */
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

/** Headers that are neither declared nor HTTP's own; CORS headers are right when the request had an Origin. */
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

/** The value that a header's text stands for (OpenAPI style `simple`). */
function parsed(text: string, type: unknown): unknown {
  if (type === 'integer' && /^-?\d+$/.test(text)) return Number(text)
  if (type === 'number' && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true'
  if (type === 'array') return text.split(',').map((part) => part.trim())
  return text
}
