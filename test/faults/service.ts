import type { Service } from '../node/fixtures/gatepost.ts'
import { rootAdmin } from '../support/settings.ts'

const login = { username: rootAdmin.username, password: rootAdmin.password }

/** Logs in as the first admin and returns the access token. */
export async function logIn(url: string): Promise<string> {
  const { status, json } = await call(url, { path: '/auth/token', json: login })
  if (status !== 200) throw new Error(`Logging in was answered ${status}.`)
  return json.access_token
}

interface Call {
  path: string
  token?: string
  method?: string
  /** The body, sent with POST. */
  json?: unknown
  headers?: Record<string, string>
}

/** Sends a request; `ms` is the time until the response. @throws if there is no response */
export async function call(url: string, { path, token, json, ...options }: Call) {
  const startedAt = performance.now()
  const response = await fetch(url + path, {
    method: options.method ?? (json === undefined ? 'GET' : 'POST'),
    headers: {
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(json !== undefined && { 'Content-Type': 'application/json' }),
      ...options.headers,
    },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  })
  const text = await response.text()
  const body = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined
  return {
    status: response.status,
    headers: response.headers,
    json: body as any,
    ms: performance.now() - startedAt,
  }
}

/** Sends four kinds of requests at once: a read, a write, whoami and a log-in. */
export function everyKind({ url }: Pick<Service, 'url'>, token: string) {
  return Promise.all([
    call(url, { path: '/posts' }),
    call(url, { path: '/posts', token, json: { title: 'A title', body: 'A text.' } }),
    call(url, { path: '/auth/whoami', token }),
    call(url, { path: '/auth/token', json: login }),
  ])
}
