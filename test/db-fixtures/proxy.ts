import { createServer, connect as dial, type Server, type Socket } from 'node:net'

/** A network between a client and a server on this machine, which can be cut, closed and frozen. */
export interface Proxy {
  port: number
  /** Resets every connection; new ones are let through. */
  cut(): void
  /** Cuts, and refuses new connections until `open`. */
  close(): Promise<void>
  open(): Promise<void>
  /** Nothing passes any more, and nobody is told; new connections are accepted and stay silent. */
  freeze(): void
  thaw(): void
  /** Each connection is ended as soon as something comes, as a load balancer without a server does. */
  hangUp(): void
  /** Connections made so far. */
  accepted(): number
}

export async function startProxy(target: number): Promise<Proxy> {
  const sockets = new Set<Socket>()
  let isFrozen = false
  let isHangingUp = false
  let accepted = 0
  let port = 0
  let server: Server

  const join = (from: Socket, to: Socket) => {
    sockets.add(from)
    from.on('data', (bytes) => to.write(bytes))
    from.on('error', () => {})
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
    if (isFrozen) from.pause()
  }
  const open = async () => {
    server = createServer((client) => {
      accepted++
      if (isHangingUp) return void client.on('error', () => {}).on('data', () => client.end())
      const upstream = dial(target, '127.0.0.1')
      join(client, upstream)
      join(upstream, client)
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    const address = server.address()
    if (address !== null && typeof address === 'object') port = address.port
  }
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  const setFrozen = (value: boolean) => {
    isFrozen = value
    for (const socket of sockets) value ? socket.pause() : socket.resume()
  }
  await open()
  return {
    port,
    cut,
    open,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      cut()
      await closed
    },
    freeze: () => setFrozen(true),
    thaw: () => setFrozen(false),
    hangUp: () => {
      isHangingUp = true
      cut()
    },
    accepted: () => accepted,
  }
}
