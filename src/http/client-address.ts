import { formatAddress, type IpAddress, isInNetwork, parseAddress } from '../text/ip-address.ts'
import type { HttpContext } from './context.ts'

/**
 * The client's address: that of the connection's other end, unless that is a proxy of TRUST_PROXY. Then
 * X-Forwarded-For is walked from its right end, where the nearest proxy has written, past all trusted proxies;
 * whatever stands to the left of the first address that is not one of them, anybody can have written.
 * `Forwarded` (RFC 7239) is not read: a proxy that writes one of the two passes the other on unchecked.
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
    if (next === undefined) break // not an address: who came before cannot be told
    address = next
  }
  return formatAddress(address)
}

/** An address as proxies write it: some add the port, and brackets to IPv6. */
function parseHop(text: string): IpAddress | undefined {
  const hop = text.trim()
  const [, bare] = /^\[([^\]]+)\](?::\d+)?$/.exec(hop) ?? /^([\d.]+):\d+$/.exec(hop) ?? []
  return parseAddress(bare ?? hop)
}
