import {
  convertIPv4BinaryToString,
  convertIPv4MappedIPv6ToIPv4,
  convertIPv4ToBinary,
  convertIPv6BinaryToString,
  convertIPv6ToBinary,
  isIPv4MappedIPv6,
} from 'hono/utils/ipaddr'

// Node has BlockList in node:net for this, but Workers do not.

/**
 * An IP address as a 128-bit number. IPv4 becomes IPv4-mapped IPv6 (RFC 4291, section 2.5.5.2), so that both compare.
 */
export type IpAddress = bigint

/** The addresses that have the same first bits as this one. */
export interface Network {
  address: IpAddress
  /** The number of these bits, of 128. */
  prefix: number
}

const mapped = 0xffffn << 32n

/** Parses an address; undefined if the text is not one. */
export function parseAddress(text: string): IpAddress | undefined {
  try {
    return text.includes(':') ? convertIPv6ToBinary(text) : convertIPv4ToBinary(text) | mapped
  } catch {
    return undefined
  }
}

/** The canonical text of an address (RFC 5952); an IPv4-mapped IPv6 address is written as IPv4. */
export function formatAddress(address: IpAddress): string {
  return isIPv4MappedIPv6(address)
    ? convertIPv4BinaryToString(convertIPv4MappedIPv6ToIPv4(address))
    : convertIPv6BinaryToString(address)
}

/**
 * Parses an address or a network in CIDR notation (RFC 4632, section 3.1; RFC 4291, section 2.3); undefined if it is
 * neither.
 */
export function parseNetwork(text: string): Network | undefined {
  const [, written = '', length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const address = parseAddress(written)
  if (address === undefined) return undefined
  const before = written.includes(':') ? 0 : 96 // bits of an IPv4-mapped address before the IPv4 address
  const prefix = before + Number(length ?? 128 - before)
  return prefix <= 128 ? { address, prefix } : undefined
}

/** Whether the address belongs to the network. */
export function isInNetwork(address: IpAddress, network: Network): boolean {
  const rest = BigInt(128 - network.prefix)
  return address >> rest === network.address >> rest
}

/**
 * The group that limits count together: the /64 network of an IPv6 address, which usually belongs to one household or
 * machine; an IPv4 address by itself.
 */
export function addressGroup(text: string): string {
  const address = parseAddress(text)
  if (address === undefined || isIPv4MappedIPv6(address)) return text
  return `${formatAddress((address >> 64n) << 64n)}/64`
}
