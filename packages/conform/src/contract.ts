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
  /** Paths that answer without being in the document; one that ends with a slash stands for all below it. */
  undocumented?: readonly string[]
}

/** What became of an answer. */
interface Verdict {
  /** The operation that it is an answer of; undefined if the document has none such. */
  operation: string | undefined
  /** Everything that neither the document nor the house rules allow. */
  faults: string[]
}

/** A document to hold answers against. */
export interface Contract {
  /** Holds an answer against the document, and remembers its status as seen when it is right. */
  judge(exchange: Exchange): Verdict
  /** @throws AssertionError that names everything that neither the document nor the house rules allow */
  check(exchange: Exchange): void
  /** The statuses that passed, by operationId. */
  seen(): ReadonlyMap<string, ReadonlySet<number>>
  /** Declared and seen statuses, as plain data that other processes can be told. */
  coverage(): Coverage
  /** Each operation with its documented statuses; those that were not seen are in brackets. */
  report(): string
}

/**
 * Reads the document; then every answer of the API can be held against it. Objects are closed: a property that is
 * not declared is a fault at any depth, and so are undeclared statuses, media types, headers and bodies.
 */
export function createContract(document: OpenAPI31, { undocumented = [] }: ContractOptions = {}): Contract {
  const { operations, schemas, commonHeaders, findRoute, validate } = prepare(document)
  const seen = new Map<string, Set<number>>(operations.map(({ id }) => [id, new Set()]))

  function judge(exchange: Exchange): Verdict {
    const { pathname } = new URL(`http://localhost${exchange.path}`) // not a base: //a is a path here
    const { operation, methods } = findRoute(exchange.method, pathname)
    const faults = [...everywhere(exchange), ...problems(exchange)]
    if (operation) faults.push(...documented(exchange, operation))
    else if (!isListed(pathname, undocumented))
      faults.push(...undocumentedFaults(exchange, methods, commonHeaders))
    if (operation && faults.length === 0) seen.get(operation.id)?.add(exchange.status)
    return { operation: operation?.id, faults: [...new Set(faults)] }
  }

  function check(exchange: Exchange) {
    const { faults } = judge(exchange)
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

  return { judge, check, seen: () => seen, coverage, report: () => coverageReport([coverage()]) }
}

/** Compiling takes seconds, and who holds several servers against one document needs it once. */
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

/** What holds for every answer, documented or not. */
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
    `${method} ${path} was answered ${status} (${headers.get('content-type') ?? 'no content type'}), against the contract:`,
    ...faults.map((fault) => `  - ${fault}`),
    text.length > 600 ? `${text.slice(0, 600)}… (${text.length} characters)` : text,
  ].join('\n')
}

function isListed(path: string, list: readonly string[]): boolean {
  return list.some((entry) => path === entry || (entry.endsWith('/') && path.startsWith(entry)))
}
