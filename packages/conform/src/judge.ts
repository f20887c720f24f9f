import { createContract, type OpenAPI31 } from './contract.ts'
import { type Observer, observers } from './everywhere.ts'
import type { Answer, Json, Person } from './exchange.ts'
import { finderOf, type Operation } from './operations.ts'
import { type Failure, failureOf, type Result } from './report.ts'

/** Paths that answer without being in the document: they are files of its pages. */
const undocumented = ['/docs/', '/favicon.ico', '/app', '/app/']

/** What proxies and networks in front of a server add to its answers. */
const added = /^(server|via|alt-svc|nel|report-to|age|content-encoding|cf-.*|x-cache.*|x-served-by)$/

/** Looks at every answer of a run: by the server's own document, and by what holds for all answers. */
export function createJudge(document: Json, origin: string, operations: readonly Operation[]) {
  const operationOf = finderOf(operations)
  const contract = contractOf(document)
  const isLocal = /^(localhost|127\.|\[::1\])/.test(new URL(origin).host)
  const byOperation = new Map<string, Map<string, Failure>>()
  const byObserver = observers.map((observer) => ({ observer, failures: new Map<string, Failure>() }))
  let count = 0

  function look(answer: Answer, people: readonly Person[]): void {
    count++
    const called = operationOf(answer.method, answer.path)
    for (const { observer, failures } of byObserver) {
      for (const fault of faultsOf(observer, answer, people, called)) {
        note(
          failures,
          `${fault} (${answer.method} ${answer.path.split('?')[0]})`,
          'this of every answer',
          answer,
        )
      }
    }
    if (!contract) return
    const headers = isLocal ? answer.headers : withoutAdded(answer.headers)
    const { method, path, status, bytes, requestHeaders } = answer
    const verdict = contract.judge({ method, path, status, headers, body: bytes, requestHeaders })
    const operation = verdict.operation ?? 'nothing'
    const failures = byOperation.get(operation) ?? new Map<string, Failure>()
    byOperation.set(operation, failures)
    for (const fault of verdict.faults)
      note(failures, `${status}: ${fault}`, 'what the document declares', answer)
  }

  function results(): Result[] {
    const group = 'document'
    const requirement = 'a status and body that the document declares'
    const documented = [...byOperation].map(
      ([operation, failures]): Result => ({
        group,
        title:
          operation === 'nothing'
            ? 'What the document does not list answers 404 or 405'
            : `Every answer of ${operation} is as the document declares it, with nothing more`,
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

  return { look, results, count: () => count }
}

/** An answer that is like nothing one could think of is a fault, too. */
function faultsOf(
  observer: Observer,
  answer: Answer,
  people: readonly Person[],
  called: Operation | undefined,
): string[] {
  try {
    return observer.faults(answer, people, called)
  } catch (error) {
    return [`the answer cannot be made sense of: ${error instanceof Error ? error.message : error}`]
  }
}

/** Undefined when the document cannot be read; a check of its own says so. */
function contractOf(document: Json) {
  try {
    return createContract(document as OpenAPI31, { undocumented })
  } catch {
    return undefined
  }
}

/** The same fault of many answers is one, shown by the first of them. */
function note(failures: Map<string, Failure>, fault: string, expected: string, answer: Answer): void {
  const before = failures.get(fault)
  if (before) before.times++
  else failures.set(fault, failureOf({ expected, came: fault, answer }))
}

function outcomeOf(failures: Map<string, Failure>): Pick<Result, 'outcome' | 'failures'> {
  return { outcome: failures.size === 0 ? 'passed' : 'failed', failures: [...failures.values()] }
}

function withoutAdded(headers: Headers): Headers {
  return new Headers([...headers].filter(([name]) => !added.test(name)))
}
