import { inject } from 'vitest'
import { type Contract, createContract } from './contract.ts'
import type { Target } from './target.ts'

export interface ApiResponse {
  status: number
  headers: Headers
  text: string
  /** The parsed body; undefined if there is none or it is not JSON. */
  json: any
}

export type ApiInit = Omit<RequestInit, 'body' | 'headers'> & {
  headers?: Record<string, string>
  /** Sent as JSON, with the Content-Type for it. */
  json?: unknown
  /** Sent unchanged, without a default Content-Type. */
  rawBody?: string | Uint8Array<ArrayBuffer>
  /** Sent as `Authorization: Bearer …`. */
  token?: string
}

/** The API under test. Every response is checked against its own document before the test gets it. */
export interface Api {
  target: Target['kind']
  /** Address of the server; undefined in-process. */
  url?: string
  admin: Target['admin']
  request(path: string, init?: ApiInit): Promise<ApiResponse>
  get(path: string, init?: ApiInit): Promise<ApiResponse>
  post(path: string, init?: ApiInit): Promise<ApiResponse>
  put(path: string, init?: ApiInit): Promise<ApiResponse>
  patch(path: string, init?: ApiInit): Promise<ApiResponse>
  delete(path: string, init?: ApiInit): Promise<ApiResponse>
}

export type Send = (path: string, init: RequestInit) => Promise<Response>

/** Paths of files that the document does not describe. */
const undocumented = ['/docs/', '/app', '/app/']

let opened: Promise<{ api: Api; contract: Contract }> | undefined

/** The API of this project’s tests, opened once in each test process. */
export async function openApi(): Promise<Api> {
  opened ??= open(inject('target'))
  return (await opened).api
}

/** The statuses that the tests of this process have seen; undefined before the first `openApi()`. */
export async function contractSoFar(): Promise<Contract | undefined> {
  return (await opened)?.contract
}

async function open({ kind, url, admin }: Target) {
  const send = url === undefined ? await inProcess() : overHttp(url)
  const document = await send('/openapi.json', {})
  const contract = createContract((await document.json()) as object, { undocumented })
  return { api: createApi(send, contract, { kind, url, admin }), contract }
}

/** An API that sends its requests by `send`. Every response is checked against the contract. */
export function createApi(send: Send, contract: Contract, { kind, url, admin }: Target): Api {
  const request = (path: string, init?: ApiInit) => checked(send, contract, path, init)
  const as = (method: string) => (path: string, init?: ApiInit) => request(path, { ...init, method })
  return {
    target: kind,
    ...(url !== undefined && { url }),
    admin,
    request,
    get: as('GET'),
    post: as('POST'),
    put: as('PUT'),
    patch: as('PATCH'),
    delete: as('DELETE'),
  }
}

async function inProcess(): Promise<Send> {
  const { createTestApp } = await import('./in-process.ts') // with a URL, nothing of src is loaded
  const app = await createTestApp()
  return (path, init) => app.fetch(new Request(`http://localhost${path}`, init))
}

/** Sends requests to a running server. */
export function overHttp(url: string): Send {
  return (path, init) => fetch(url + path, { redirect: 'manual', ...init })
}

async function checked(
  send: Send,
  contract: Contract,
  path: string,
  { json, rawBody, token, headers, ...init }: ApiInit = {},
): Promise<ApiResponse> {
  const requestHeaders = new Headers({
    ...(json !== undefined && { 'content-type': 'application/json' }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...headers,
  })
  const body = json === undefined ? rawBody : JSON.stringify(json)
  const response = await send(path, {
    ...init,
    headers: requestHeaders,
    // As bytes, because fetch would add a Content-Type to text.
    ...(body !== undefined && { body: typeof body === 'string' ? new TextEncoder().encode(body) : body }),
  })
  const bytes = new Uint8Array(await response.arrayBuffer())
  const { status, headers: answered } = response
  contract.check({
    method: (init.method ?? 'GET').toUpperCase(),
    path,
    status,
    headers: answered,
    body: bytes,
    requestHeaders,
  })
  const text = new TextDecoder().decode(bytes)
  const isJson = text !== '' && /[/+]json\b/.test(answered.get('content-type') ?? '')
  return { status, headers: answered, text, json: isJson ? JSON.parse(text) : undefined }
}
