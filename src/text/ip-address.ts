import {
  convertIPv4BinaryToString,
  convertIPv4MappedIPv6ToIPv4,
  convertIPv4ToBinary,
  convertIPv6BinaryToString,
  convertIPv6ToBinary,
  isIPv4MappedIPv6,
} from 'hono/utils/ipaddr'

// node:net has all of this in BlockList, but Workers do not.

/** An IP address as a number of 128 bits; IPv4 as IPv4-mapped IPv6 (RFC 4291, section 2.5.5.2), so both compare. */
export type IpAddress = bigint

/** The addresses that share their first bits with this one. */
export interface Network {
  address: IpAddress
  /** How many bits, of 128. */
  prefix: number
}

const mapped = 0xffffn << 32n

/** An address as text, undefined if it is none. */
export function parseAddress(text: string): IpAddress | undefined {
  try {
    return text.includes(':') ? convertIPv6ToBinary(text) : convertIPv4ToBinary(text) | mapped
  } catch {
    return undefined
  }
}

/** The one way to write an address (RFC 5952); one that came as IPv4-mapped IPv6 is written as IPv4. */
export function formatAddress(address: IpAddress): string {
  return isIPv4MappedIPv6(address)
    ? convertIPv4BinaryToString(convertIPv4MappedIPv6ToIPv4(address))
    : convertIPv6BinaryToString(address)
}

/** An address, or a network in CIDR notation (RFC 4632, section 3.1; RFC 4291, section 2.3); undefined if neither. */
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

/** The /64 of an IPv6 address, which one household or machine has to itself; an IPv4 address as it is. */
export function addressGroup(text: string): string {
  const address = parseAddress(text)
  if (address === undefined || isIPv4MappedIPv6(address)) return text
  return `${formatAddress((address >> 64n) << 64n)}/64`
}
