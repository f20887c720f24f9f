import { addedOperations } from './added-operations.ts'
import type { Check, Group, Kit } from './check.ts'
import { Skipped, skip } from './check.ts'
import { createClient, NoResponse } from './client.ts'
import { createEvaluator } from './evaluate.ts'
import type { Json, ReceivedResponse, RequestOptions } from './exchange.ts'
import { Mismatch } from './expect.ts'
import { allGroups, groupsWith } from './groups.ts'
import { operations as knownOperations } from './operations.ts'
import { createPersonas, NoPersona, type Personas } from './personas.ts'
import { sendRaw } from './raw.ts'
import { type Failure, failureOf, type Report, type Result } from './report.ts'

export interface ConformOptions {
  /** Address of the server, without a path. */
  url: string
  /** Without admin credentials, checks of admin operations are skipped. */
  admin?: { username: string; password: string } | undefined
  /** Names of groups; all if absent. */
  only?: readonly string[] | undefined
  /** Runs only checks with a matching title, for finding a single fault. */
  titles?: RegExp | undefined
  /** Also runs checks that must wait. */
  slow?: boolean | undefined
  /**
   * Also runs checks that exhaust a limit: afterwards this address cannot log in to one of the accounts for a while.
   */
  limits?: boolean | undefined
  /** Milliseconds to wait for one response; 10 s if absent. */
  timeout?: number | undefined
  signal?: AbortSignal | undefined
  onProgress?(done: number, total: number): void
}

/** The run could not start. */
export class CannotRun extends Error {
  override name = 'CannotRun'
}

/** The number of groups that run concurrently. */
const maxConcurrentGroups = 4

/**
 * Checks a running server against the contract of Gatepost, over HTTP alone, and deletes what it has created.
 * @throws CannotRun if the server cannot be reached or is not a Gatepost
 */
export async function conform(options: ConformOptions): Promise<Report> {
  const { slow = false, limits = false, timeout = 10_000, onProgress = () => {} } = options
  const signal = options.signal ?? new AbortController().signal
  const startedAt = new Date()
  const origin = originOf(options.url)
  const document = await readDocument(origin, timeout)
  const added = addedOperations(document)
  const operations = [...knownOperations, ...added]
  const evaluator = createEvaluator(document, origin, operations)
  const onResponse = (response: ReceivedResponse) => {
    personas.notice(response)
    evaluator.evaluate(response, personas.everybody())
  }
  const send = createClient({ origin, timeout, signal, onResponse })
  const personas = createPersonas(send)
  const admin = options.admin && (await logInAdmin(personas, options.admin))

  const groups = chosen(groupsWith(added), options)
  const total = groups.reduce((sum, { checks }) => sum + checks.length, 0)
  const results: Result[] = []
  const base = {
    personas,
    document,
    operations,
    origin,
    isSlow: slow,
    hasLimits: limits,
    persona: personas.persona,
    admin: async () => admin ?? skip('no admin: name one with --admin'),
  }
  const runGroup = async (group: Group) => {
    for (const check of group.checks) {
      if (signal.aborted) return
      results.push(await runCheck(group, check, createKit(base, send, { origin, timeout })))
      onProgress(results.length, total)
    }
  }

  const [last, others] = [
    groups.filter(({ name }) => name === 'limits'),
    groups.filter(({ name }) => name !== 'limits'),
  ]
  await inParallel(others, maxConcurrentGroups, runGroup)
  await inParallel(last, 1, runGroup)
  // An interrupted run cleans up too, so this client has no signal.
  const cleaner = createClient({
    origin,
    timeout: timeout * 3,
    signal: new AbortController().signal,
    onResponse,
  })
  const leftovers = await cleanUp(personas, cleaner)
  if (admin) await cleaner('/auth/logout', { method: 'POST', as: admin })
  results.push(...evaluator.results())
  return {
    origin,
    title: String(document.info?.title ?? ''),
    version: String(document.info?.version ?? ''),
    started_at: startedAt.toISOString(),
    duration_ms: Date.now() - startedAt.getTime(),
    requests: evaluator.count(),
    is_interrupted: signal.aborted,
    unknown_operations: added.map(({ id }) => id),
    leftovers,
    results: inOrder(results),
  }
}

async function runCheck(group: Group, check: Check, { kit, last }: MadeKit): Promise<Result> {
  const { title, requirement } = check
  const result = { group: group.name, title, requirement, failures: [] as Failure[] }
  try {
    await check.run(kit)
    return { ...result, outcome: 'passed' }
  } catch (error) {
    if (error instanceof Skipped || error instanceof NoPersona) {
      return {
        ...result,
        outcome: error instanceof Skipped ? 'skipped' : 'failed',
        reason: error.message,
        ...(error instanceof NoPersona && {
          failures: [failureOf({ expected: 'an account for the check', actual: error.message })],
        }),
      }
    }
    return { ...result, outcome: 'failed', failures: [toFailure(error, last())] }
  }
}

function toFailure(error: unknown, last: ReceivedResponse | undefined): Failure {
  if (error instanceof Mismatch)
    return failureOf({
      ...error,
      response: error.response ?? last,
      expected: error.expected,
      actual: error.actual,
    })
  if (error instanceof NoResponse) return failureOf({ expected: 'a response', actual: error.message })
  // A check that reads a missing field fails with an ordinary error.
  const message = error instanceof Error ? error.message : String(error)
  return failureOf({
    expected: 'a response with the fields that the check needs',
    actual: message,
    response: last,
  })
}

type MadeKit = ReturnType<typeof createKit>

function createKit(
  base: Omit<Kit, 'request' | 'get' | 'post' | 'put' | 'patch' | 'delete' | 'raw'>,
  send: Kit['request'],
  raw: { origin: string; timeout: number },
) {
  let last: ReceivedResponse | undefined
  const request = async (path: string, options?: RequestOptions) => {
    last = await send(path, options)
    return last
  }
  const as = (method: string) => (path: string, options?: RequestOptions) =>
    request(path, { ...options, method })
  const kit: Kit = {
    ...base,
    request,
    get: as('GET'),
    post: as('POST'),
    put: as('PUT'),
    patch: as('PATCH'),
    delete: as('DELETE'),
    raw: (text) => sendRaw(text, raw),
  }
  return { kit, last: () => last }
}

function originOf(url: string): string {
  const address = URL.canParse(url) ? url : `http://${url}`
  const { protocol, origin, pathname, search } = URL.canParse(address) ? new URL(address) : { protocol: '' }
  if (!origin || !/^https?:$/.test(protocol) || pathname !== '/' || search) {
    throw new CannotRun(
      `${url} is not the address of a server. It looks like https://api.example.com, without a path.`,
    )
  }
  return origin
}

async function readDocument(origin: string, timeout: number): Promise<Json> {
  const notOne = (why: string) =>
    new CannotRun(`${origin} responds, but is not a Gatepost: GET /openapi.json ${why}.`)
  let response: Response
  try {
    response = await fetch(`${origin}/openapi.json`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout),
    })
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
    const reason =
      cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : String(cause)
    throw new CannotRun(
      `${origin} cannot be reached: ${reason}. Check the address, and that the server runs.`,
    )
  }
  const text = await response.text()
  if (response.status !== 200) throw notOne(`responded ${response.status}`)
  try {
    const document = JSON.parse(text)
    if (document.paths?.['/auth/token'] || document.paths?.['/posts']) return document
  } catch {
    // Reported below.
  }
  throw notOne('is no document with the path /auth/token')
}

async function logInAdmin(
  personas: Personas,
  { username, password }: { username: string; password: string },
) {
  const admin = await personas.logIn(username, password).catch((error) => {
    throw new CannotRun(
      `The admin could not log in: ${error.message} Check --admin and GATEPOST_ADMIN_PASSWORD.`,
    )
  })
  if (admin.session.user.role !== 'admin') throw new CannotRun(`${username} is not an admin.`)
  return admin
}

/** Deletes the accounts with all their data. Returns the names of those that could not be deleted. */
async function cleanUp(personas: Personas, send: Kit['request']): Promise<string[]> {
  const left: string[] = []
  // Each deletion costs the server a password hash, so only two run at the same time.
  await inParallel([...personas.everybody(), ...personas.strays()], 2, async (persona) => {
    const isGone = await personas.remove(persona, send).catch(() => false)
    if (!isGone) left.push(persona.username)
  })
  return left
}

function chosen(all: readonly Group[], { only, titles }: ConformOptions): Group[] {
  const groups = all.filter(({ name }) => !only || only.includes(name))
  if (!titles) return groups
  return groups.map((group) => ({ ...group, checks: group.checks.filter(({ title }) => titles.test(title)) }))
}

function inOrder(results: readonly Result[]): Result[] {
  const names = allGroups.map(({ name }) => name)
  return [...results].sort((a, b) => names.indexOf(a.group) - names.indexOf(b.group))
}

async function inParallel<T>(
  items: readonly T[],
  max: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items]
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: max }, worker))
}
