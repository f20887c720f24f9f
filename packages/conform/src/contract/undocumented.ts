import { mediaType, noBodyFaults } from './content.ts'
import type { Exchange } from './exchange.ts'
import { undeclaredHeaderFaults } from './headers.ts'
import { problemType } from './problems.ts'

/**
 * Checks the response to a request that is not an operation of the document: a problem with 405 if the path is
 * documented (`methods` are its methods), otherwise 404, or 400 if the path cannot be decoded.
 */
export function undocumentedFaults(
  exchange: Exchange,
  methods: ReadonlySet<string>,
  commonHeaders: ReadonlySet<string>,
): string[] {
  const { method, path, status } = exchange
  const headerFaults = undeclaredHeaderFaults(exchange, commonHeaders)
  if (method === 'OPTIONS' && status === 204) return [...headerFaults, ...noBodyFaults(exchange)]
  const expected = expectedStatuses(path, methods)
  return [
    ...headerFaults,
    ...(method === 'HEAD' ? noBodyFaults(exchange) : []),
    ...(expected.includes(status)
      ? []
      : [
          `the document has no such operation: the status should be ${expected.join(' or ')}, or the operation be documented`,
        ]),
    ...(mediaType(exchange) === problemType
      ? []
      : [`it should be ${problemType}, not ${mediaType(exchange)}`]),
    ...(status === 405 ? allowFaults(exchange.headers, methods) : []),
  ]
}

function expectedStatuses(path: string, methods: ReadonlySet<string>): number[] {
  const expected = methods.size > 0 ? 405 : 404
  try {
    decodeURIComponent(path)
    return [expected]
  } catch {
    return [400, expected]
  }
}

function allowFaults(headers: Headers, methods: ReadonlySet<string>): string[] {
  const allowed = new Set(
    (headers.get('allow') ?? '').split(',').map((method) => method.trim().toUpperCase()),
  )
  const optional = ['HEAD', 'OPTIONS', '']
  const missing = [...methods].filter((method) => !allowed.has(method))
  const surplus = [...allowed].filter((method) => !methods.has(method) && !optional.includes(method))
  return [
    ...missing.map((method) => `Allow does not list ${method}, which the document has`),
    ...surplus.map((method) => `Allow lists ${method}, which the document does not have`),
  ]
}
