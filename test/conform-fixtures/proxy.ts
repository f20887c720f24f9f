import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface ProxyRequest {
  method: string
  /** With the query. */
  path: string
  headers: Record<string, string>
  body: string
}

export interface ProxyAnswer {
  status: number
  headers: Record<string, string | string[]>
  body: string
}

/** What is wrong with a server: requests and answers as they should not be. */
export interface Fault {
  /** Changes a request, or answers it in the server's place. */
  request?(
    request: ProxyRequest,
    send: Send,
  ): ProxyRequest | ProxyAnswer | Promise<ProxyRequest | ProxyAnswer>
  answer?(answer: ProxyAnswer, request: ProxyRequest, send: Send): ProxyAnswer | Promise<ProxyAnswer>
  /** Sends a body even after HEAD, which Node's own server never does. */
  isRaw?: boolean
}

/** Asks the good server behind the fault. */
export type Send = (request: Partial<ProxyRequest> & { path: string }) => Promise<ProxyAnswer>

/** A server that is the one at `target`, but for one fault. */
export async function startFaulty(target: string, { request: before, answer: after, isRaw = false }: Fault) {
  const send: Send = async ({ method = 'GET', path, headers = {}, body = '' }) => {
    const response = await fetch(target + path, {
      method,
      headers,
      redirect: 'manual',
      ...(body !== '' && { body: new TextEncoder().encode(body) }),
    })
    const kept = [...response.headers].filter(([name]) => !skipped.includes(name) && name !== 'set-cookie')
    const cookies = response.headers.getSetCookie()
    return {
      status: response.status,
      headers: { ...Object.fromEntries(kept), ...(cookies.length > 0 && { 'set-cookie': cookies }) },
      body: await response.text(),
    }
  }
  const server = createServer(async (incoming, outgoing) => {
    const { method = 'GET', url: path = '/' } = incoming
    const headers = Object.fromEntries(
      Object.entries(incoming.headers).filter(([name]) => !skipped.includes(name)),
    ) as Record<string, string>
    try {
      const request = { method, path, headers, body: await text(incoming) }
      const changed = (await before?.(request, send)) ?? request
      const first = 'status' in changed ? changed : await send(changed)
      const last = (await after?.(first, request, send)) ?? first
      if (isRaw && method === 'HEAD') {
        outgoing.socket?.end(`HTTP/1.1 200 OK\r\nX-Request-Id: x\r\n\r\n${'body'}`)
        return
      }
      outgoing.writeHead(last.status, last.headers).end(last.body)
    } catch (error) {
      outgoing.writeHead(502).end(String(error))
    }
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const skipped = ['host', 'connection', 'content-length', 'keep-alive', 'transfer-encoding', 'accept-encoding']
