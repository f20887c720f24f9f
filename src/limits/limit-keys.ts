import type { AppContext } from '../api/context.ts'
import { toBase64Url } from '../http/base64url.ts'
import { clientAddress } from '../http/client-address.ts'
import { addressGroup } from '../text/ip-address.ts'

/** The key of a counter: a hash of these parts. */
export async function limitKey(...parts: string[]): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(parts))
  return toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

/** The source of the request, for limits: its IPv4 address, or the network of its IPv6 address. */
export function sourceOf(c: AppContext): string {
  return addressGroup(clientAddress(c))
}

/** The key that records an earlier log-in to this account from this source. */
export function knownKey(account: string, source: string): Promise<string> {
  return limitKey('known', account, source)
}
