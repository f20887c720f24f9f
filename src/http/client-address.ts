import { formatAddress, type IpAddress, isInNetwork, parseAddress } from '../text/ip-address.ts'
import type { HttpContext } from './context.ts'

/**
 * The client's IP address. It is the peer's address, unless the peer is a proxy of TRUST_PROXY. Then X-Forwarded-For is
 * read from the right, where the nearest proxy has written, and trusted proxies are skipped. Everything left of the
 * first other address may be forged.
 *
 * `Forwarded` (RFC 7239) is ignored: a proxy that sets one of the two headers passes the other on unchecked. Returns
 * "unknown" without a connection, as in tests.
 */
export function clientAddress(c: HttpContext): string {
  const { config, peerAddress } = c.var.deps
  let address = parseAddress(peerAddress(c) ?? '')
  if (address === undefined) return 'unknown'
  const isTrusted = (candidate: IpAddress) =>
    config.TRUST_PROXY.some((network) => isInNetwork(candidate, network))
  const hops = config.TRUST_PROXY.length > 0 ? (c.req.header('X-Forwarded-For') ?? '').split(',') : []
  while (hops.length > 0 && isTrusted(address)) {
    const next = parseHop(hops.pop() ?? '')
    if (next === undefined) break // not an address, so the chain before it is unknown
    address = next
  }
  return formatAddress(address)
}

/** An address as proxies write it: some add the port, or brackets around IPv6. */
function parseHop(text: string): IpAddress | undefined {
  const hop = text.trim()
  const [, bare] = /^\[([^\]]+)\](?::\d+)?$/.exec(hop) ?? /^([\d.]+):\d+$/.exec(hop) ?? []
  return parseAddress(bare ?? hop)
}
