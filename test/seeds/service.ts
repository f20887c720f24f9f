import { afterAll, beforeAll } from 'vitest'
import { startServer, type TestServer } from '../support/server.ts'

/** A request of a client of one of the five systems. */
interface Call {
  headers?: Record<string, string>
  json?: unknown
}

/** Starts a Gatepost in a separate process for the tests of one file, and calls it over HTTP. */
export function openService(env: Record<string, string> = {}) {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer(env)
  })
  afterAll(() => server?.stop())

  return async (method: string, path: string, { headers = {}, json }: Call = {}) => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: { ...(json !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    })
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, headers: response.headers, json: isJson ? JSON.parse(text) : undefined }
  }
}

export const basic = (name: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
})
