import type { ReceivedResponse } from './exchange.ts'

/** A failure, for people and programs; it contains no token and no password. */
export interface Failure {
  expected: string
  actual: string
  request?: string
  response?: string
  /** How often it occurred. */
  times: number
}

export interface Result {
  group: string
  title: string
  /** The topic of the contract that requires it. */
  requirement: string
  outcome: 'passed' | 'failed' | 'skipped'
  /** Why it was skipped. */
  reason?: string
  failures: Failure[]
}

/** The result of a run, as `--json` prints it. */
export interface Report {
  origin: string
  title: string
  version: string
  started_at: string
  duration_ms: number
  requests: number
  is_interrupted: boolean
  /** Operations that the server has besides those of the contract; checked against the server's document. */
  unknown_operations: string[]
  /** Accounts that could not be deleted. */
  leftovers: string[]
  results: Result[]
}

/** Whether all checks of the run passed or were skipped, and the run was complete. */
export function isConforming({ results, is_interrupted }: Report): boolean {
  return !is_interrupted && results.length > 0 && results.every(({ outcome }) => outcome !== 'failed')
}

interface Found {
  expected: string
  actual: string
  response?: ReceivedResponse | undefined
}

/** A failure with its request and response, without secrets. */
export function failureOf({ expected, actual, response }: Found): Failure {
  const failure = { expected: redacted(expected), actual: redacted(actual), times: 1 }
  return response ? { ...failure, request: requestOf(response), response: responseOf(response) } : failure
}

const shownHeaders =
  /^(accept|authorization|content-type|content-encoding|cookie|idempotency-key|if-match|if-none-match|origin|sec-fetch-site|user-agent|x-access-token|x-fields|x-request-id)$/

function requestOf({ method, path, requestHeaders, requestBody, as }: ReceivedResponse): string {
  const headers = [...requestHeaders]
    .filter(([name]) => shownHeaders.test(name))
    .map(([name, value]) =>
      name === 'authorization' && as
        ? `authorization: <token of ${as.name}>`
        : `${name}: ${redactedHeader(name, value)}`,
    )
  const body = requestBody === undefined ? [] : [cut(redacted(requestBody))]
  return [`${method} ${cut(path)}`, ...headers, ...body].join('\n')
}

function responseOf({ status, headers, text }: ReceivedResponse): string {
  const shown = ['content-type', 'etag', 'location', 'link', 'allow', 'www-authenticate']
    .filter((name) => headers.has(name))
    .map((name) => `${name}: ${headers.get(name)}`)
  return [String(status), ...shown.map(redacted), ...(text ? [cut(redacted(text))] : [])].join('\n')
}

function redactedHeader(name: string, value: string): string {
  if (/^(authorization|x-access-token)$/.test(name)) {
    return /^basic\b/i.test(value) ? 'Basic <credentials>' : redacted(cut(value))
  }
  return name === 'cookie' ? value.replace(/=[^;]*/g, '=<token>') : cut(value)
}

/** Removes tokens, passwords and hashes from a text. */
function redacted(text: string): string {
  return text
    .replace(/eyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, '<token>')
    .replace(/\bgp_[0-9A-Za-z]{36}/g, '<API token>')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[\w-]{40,}/g, '<refresh token>')
    .replace(/\$2[aby]\$\d\d\$[./A-Za-z0-9]*/g, '<hash>')
    .replace(/\bpw [0-9a-f]{24}\b/g, '<password>')
    .replace(/("(?:\w+_)?password"\s*:\s*)"(?:[^"\\]|\\.)*"/g, '$1"<password>"')
}

function cut(text: string): string {
  return text.length > 400 ? `${text.slice(0, 400)}… (${text.length} characters)` : text
}
