import assert from 'node:assert/strict'
import type autocannon from 'autocannon'
import type { Peer } from './drive.ts'
import { type Material, rows } from './rows.ts'

/** The number of compared requests per row. */
const samples = 20

/** All peers must return the same data and refuse the same input, otherwise the comparison is invalid. @throws AssertionError */
export async function checkResponses(peers: readonly Peer[], material: Material): Promise<void> {
  const [own, ...others] = peers
  if (!own) return
  for (const { name, requestsOf } of rows) {
    for (const request of requestsOf(material, 0, 1).slice(0, samples)) {
      const expected = await responseOf(own, request)
      for (const other of others) {
        assert.deepEqual(
          await responseOf(other, request),
          expected,
          `${other.name} returns other data for ${name}`,
        )
      }
    }
  }
  for (const peer of peers) {
    for (const request of invalidRequests(material)) {
      const { status } = await send(peer, request)
      assert.ok(status >= 400 && status < 500, `${peer.name} responds to ${request.path} with ${status}`)
    }
  }
}

async function responseOf(peer: Peer, request: autocannon.Request) {
  const response = await send(peer, request)
  assert.ok(response.ok, `${peer.name} responds to ${request.path} with ${response.status}`)
  const body = (await response.json()) as Record<string, unknown>
  if (typeof body.next_cursor === 'string') body.next_cursor = body.next_cursor.split('.', 1)[0] // signed or not
  if (response.status === 201) {
    for (const name of ['id', 'created_at', 'updated_at', 'published_at']) body[name] = typeof body[name]
  }
  return { status: response.status, body }
}

function invalidRequests({ ids, tokens }: Material): autocannon.Request[] {
  const headers = { authorization: `Bearer ${tokens[0]}`, 'content-type': 'application/json' }
  const post = (body: object) => ({
    method: 'POST' as const,
    path: '/posts',
    headers,
    body: JSON.stringify(body),
  })
  return [
    { method: 'GET', path: `/posts/${ids[0]}` },
    { method: 'GET', path: `/posts/${ids[0]}`, headers: { authorization: `${headers.authorization}x` } },
    { method: 'GET', path: '/posts/none', headers },
    { method: 'GET', path: '/posts/999999999999', headers },
    { method: 'GET', path: '/posts?cursor=bm9uZQ.' },
    post({ title: '', body: 'A body.' }),
    post({ title: 'A title' }),
    post({ title: 'A title', body: 'A body.', tags: Array(11).fill('tag') }),
    { method: 'POST', path: '/auth/token', headers: { authorization: `Basic ${btoa('demo:wrong')}` } },
  ]
}

function send({ url }: Peer, { method = 'GET', path = '', headers, body }: autocannon.Request) {
  return fetch(url + path, {
    method,
    headers: (headers ?? {}) as Record<string, string>,
    ...(body !== undefined && { body }),
  })
}
