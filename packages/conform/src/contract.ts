import { AssertionError } from 'node:assert'
import { contentFaults, jsonOf, mediaType, textOf } from './contract/content.ts'
import { type Coverage, coverageReport } from './contract/coverage.ts'
import { type OpenAPI31, type Operation, readDocument } from './contract/document.ts'
import type { Exchange } from './contract/exchange.ts'
import { headerFaults } from './contract/headers.ts'
import { leaks } from './contract/leaks.ts'
import { neededHeaderFaults, problemFaults, problemType } from './contract/problems.ts'
import { createRoutes } from './contract/routes.ts'
import { createValidator } from './contract/schemas.ts'
import { undocumentedFaults } from './contract/undocumented.ts'

export type { OpenAPI31 } from './contract/document.ts'
export type { Exchange } from './contract/exchange.ts'

export interface ContractOptions {
  /** Paths that are served but not documented; one that ends with a slash includes everything below it. */
  undocumented?: readonly string[]
}

/** The result for one response. */
interface Verdict {
  /** The operation of the response; undefined if the document has no such operation. */
  operation: string | undefined
  /** Everything that the document or the general rules forbid. */
  faults: string[]
}

/** A document against which responses are checked. */
export interface Contract {
  /** Evaluates a response. If it is correct, records its status as seen. */
  evaluate(exchange: Exchange): Verdict
  /**
   * Evaluates a response. @throws AssertionError that names everything that the document or the general rules forbid
   */
  check(exchange: Exchange): void
  /** The statuses that passed, by operationId. */
  seen(): ReadonlyMap<string, ReadonlySet<number>>
  /** Declared and seen statuses, as plain data for sending to another process. */
  coverage(): Coverage
  /** Each operation with its documented statuses; unseen ones are in brackets. */
  report(): string
}

/**
 * Reads a document for checking responses against it. Objects are closed: an undeclared property at any depth is a
 * fault, and so are undeclared statuses, media types, headers and bodies.
 */
export function createContract(document: OpenAPI31, { undocumented = [] }: ContractOptions = {}): Contract {
  const { operations, schemas, commonHeaders, findRoute, validate } = prepare(document)
  const seen = new Map<string, Set<number>>(operations.map(({ id }) => [id, new Set()]))

  function evaluate(exchange: Exchange): Verdict {
    const { pathname } = new URL(`http://localhost${exchange.path}`) // not as a base URL: //a is a path here
    const { operation, methods } = findRoute(exchange.method, pathname)
    const faults = [...everywhere(exchange), ...problems(exchange)]
    if (operation) faults.push(...documented(exchange, operation))
    else if (!isListed(pathname, undocumented))
      faults.push(...undocumentedFaults(exchange, methods, commonHeaders))
    if (operation && faults.length === 0) seen.get(operation.id)?.add(exchange.status)
    return { operation: operation?.id, faults: [...new Set(faults)] }
  }

  function check(exchange: Exchange) {
    const { faults } = evaluate(exchange)
    if (faults.length > 0)
      throw new AssertionError({ message: describe(exchange, faults), stackStartFn: check })
  }

  function problems(exchange: Exchange): string[] {
    if (mediaType(exchange) !== problemType || exchange.method === 'HEAD') return []
    const body = jsonOf(exchange.body)
    if (body === undefined) return ['the problem is not JSON in UTF-8']
    const bySchema = 'Problem' in schemas ? validate({ $ref: '#/components/schemas/Problem' }, body) : []
    return [...bySchema, ...problemFaults(body, exchange)]
  }

  function documented(exchange: Exchange, { id, responses }: Operation): string[] {
    const { status } = exchange
    const keys = [String(status), `${Math.floor(status / 100)}XX`, 'default']
    const declared = keys.map((key) => responses.get(key)).find((response) => response !== undefined)
    if (!declared)
      return [`${id} does not declare status ${status}, only ${[...responses.keys()].join(', ')}`]
    return [
      ...contentFaults(exchange, declared, validate),
      ...headerFaults(exchange, declared.headers, validate),
    ]
  }

  const coverage = (): Coverage =>
    Object.fromEntries(
      operations.map(({ id, responses }) => [
        id,
        { declared: [...responses.keys()], seen: [...(seen.get(id) ?? [])] },
      ]),
    )

  return { evaluate, check, seen: () => seen, coverage, report: () => coverageReport([coverage()]) }
}

/** Compiling takes seconds, so the result is kept for several servers with the same document. */
let latest: { text: string; prepared: ReturnType<typeof compile> } | undefined

function prepare(document: OpenAPI31) {
  const text = JSON.stringify(document)
  if (latest?.text !== text) latest = { text, prepared: compile(document) }
  return latest.prepared
}

function compile(document: OpenAPI31) {
  const { operations, schemas, headers: commonHeaders } = readDocument(document)
  return {
    operations,
    schemas,
    commonHeaders,
    findRoute: createRoutes(operations),
    validate: createValidator(schemas),
  }
}

/** Rules for every response, documented or not. */
function everywhere(exchange: Exchange): string[] {
  return [
    ...(exchange.headers.get('x-request-id') ? [] : ['the header X-Request-Id is missing']),
    ...neededHeaderFaults(exchange),
    ...leaks(exchange.headers, textOf(exchange.body)),
  ]
}

function describe({ method, path, status, headers, body }: Exchange, faults: readonly string[]): string {
  const text = textOf(body)
  return [
    `${method} ${path} responded ${status} (${headers.get('content-type') ?? 'no content type'}), against the contract:`,
    ...faults.map((fault) => `  - ${fault}`),
    text.length > 600 ? `${text.slice(0, 600)}… (${text.length} characters)` : text,
  ].join('\n')
}

function isListed(path: string, list: readonly string[]): boolean {
  return list.some((entry) => path === entry || (entry.endsWith('/') && path.startsWith(entry)))
}
