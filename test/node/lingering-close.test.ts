import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { isLingering, linger } from '../../src/node/lingering-close.ts'

// How long the server waits for a client that still sends. What the client sees is tested in
// early-responses.test.ts.

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

/** Both ends of a connection on which the server has sent its last byte. */
async function lingering() {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect({ port: (server.address() as AddressInfo).port, allowHalfOpen: true })
  const [socket] = (await once(server, 'connection')) as [Socket]
  server.close()
  socket.write('the response')
  linger(socket)
  const [bytes] = await once(client, 'data')
  expect([String(bytes), isLingering(socket)]).toEqual(['the response', true])
  if (!client.readableEnded) await once(client, 'end')
  return { client, socket }
}

test('The connection of a client that closes its side is closed at once', async () => {
  const { client, socket } = await lingering()
  client.end()
  await once(socket, 'close')
  client.destroy()
})

test('The connection of a silent client is closed after five seconds, and not before', async () => {
  const { client, socket } = await lingering()
  vi.advanceTimersByTime(4900)
  expect(socket.destroyed).toBe(false)
  vi.advanceTimersByTime(200)
  expect(socket.destroyed).toBe(true)
  client.destroy()
})

test('The connection of a client that keeps sending is closed after thirty seconds, and its bytes are not stored', async () => {
  const { client, socket } = await lingering()
  client.on('error', () => {}) // its connection is closed while it sends
  for (let second = 0; second < 29; second++) {
    client.write('x'.repeat(100_000))
    await once(socket, 'data')
    vi.advanceTimersByTime(1000)
  }
  expect([socket.destroyed, socket.readableLength]).toEqual([false, 0])
  vi.advanceTimersByTime(1100)
  expect(socket.destroyed).toBe(true)
  client.destroy()
})
