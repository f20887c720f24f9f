import { createContract, type OpenAPI31 } from './contract.ts'
import { type Observer, observers } from './everywhere.ts'
import type { Json, Persona, ReceivedResponse } from './exchange.ts'
import { finderOf, type Operation } from './operations.ts'
import { type Failure, failureOf, type Result } from './report.ts'

/** Paths that are served but not documented: files of the pages. */
const undocumented = ['/docs/', '/favicon.ico', '/app', '/app/']

/** Headers that proxies and networks in front of a server may add to its responses. */
const added = /^(server|via|alt-svc|nel|report-to|age|content-encoding|cf-.*|x-cache.*|x-served-by)$/

/** Evaluates every response of a run: against the server's own document, and against the rules for all responses. */
export function createEvaluator(document: Json, origin: string, operations: readonly Operation[]) {
  const operationOf = finderOf(operations)
  const contract = contractOf(document)
  const isLocal = /^(localhost|127\.|\[::1\])/.test(new URL(origin).host)
  const byOperation = new Map<string, Map<string, Failure>>()
  const byObserver = observers.map((observer) => ({ observer, failures: new Map<string, Failure>() }))
  let count = 0

  function evaluate(response: ReceivedResponse, personas: readonly Persona[]): void {
    count++
    const called = operationOf(response.method, response.path)
    for (const { observer, failures } of byObserver) {
      for (const fault of faultsOf(observer, response, personas, called)) {
        note(
          failures,
          `${fault} (${response.method} ${response.path.split('?')[0]})`,
          'this rule for every response',
          response,
        )
      }
    }
    if (!contract) return
    const headers = isLocal ? response.headers : withoutAdded(response.headers)
    const { method, path, status, bytes, requestHeaders } = response
    const verdict = contract.evaluate({ method, path, status, headers, body: bytes, requestHeaders })
    const operation = verdict.operation ?? 'nothing'
    const failures = byOperation.get(operation) ?? new Map<string, Failure>()
    byOperation.set(operation, failures)
    for (const fault of verdict.faults)
      note(failures, `${status}: ${fault}`, 'what the document declares', response)
  }

  function results(): Result[] {
    const group = 'document'
    const requirement = 'a status and body that the document declares'
    const documented = [...byOperation].map(
      ([operation, failures]): Result => ({
        group,
        title:
          operation === 'nothing'
            ? 'Undocumented operations respond with 404 or 405'
            : `Every response of ${operation} is as the document declares it, with nothing more`,
        requirement,
        ...outcomeOf(failures),
      }),
    )
    const everywhere = byObserver.map(
      ({ observer, failures }): Result => ({
        group: 'everywhere',
        title: observer.title,
        requirement: observer.requirement,
        ...outcomeOf(failures),
      }),
    )
    return [...(contract ? documented : []), ...everywhere]
  }

  return { evaluate, results, count: () => count }
}

/** A response that the rule cannot read is a fault too. */
function faultsOf(
  observer: Observer,
  response: ReceivedResponse,
  personas: readonly Persona[],
  called: Operation | undefined,
): string[] {
  try {
    return observer.faults(response, personas, called)
  } catch (error) {
    return [`the response cannot be interpreted: ${error instanceof Error ? error.message : error}`]
  }
}

/** Undefined if the document cannot be read; another check reports that. */
function contractOf(document: Json) {
  try {
    return createContract(document as OpenAPI31, { undocumented })
  } catch {
    return undefined
  }
}

/** Counts the same fault of several responses as one; the report shows the first. */
function note(
  failures: Map<string, Failure>,
  fault: string,
  expected: string,
  response: ReceivedResponse,
): void {
  const before = failures.get(fault)
  if (before) before.times++
  else failures.set(fault, failureOf({ expected, actual: fault, response }))
}

function outcomeOf(failures: Map<string, Failure>): Pick<Result, 'outcome' | 'failures'> {
  return { outcome: failures.size === 0 ? 'passed' : 'failed', failures: [...failures.values()] }
}

function withoutAdded(headers: Headers): Headers {
  return new Headers([...headers].filter(([name]) => !added.test(name)))
}
