import type { AppContext } from '../api/context.ts'
import { toBase64Url } from '../http/base64url.ts'
import { clientAddress } from '../http/client-address.ts'
import { addressGroup } from '../text/ip-address.ts'

/** The key of what is counted; the same parts always give the same. */
export async function limitKey(...parts: string[]): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(parts))
  return toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

/** From where the request comes, as limits see it. */
export function sourceOf(c: AppContext): string {
  return addressGroup(clientAddress(c))
}

/** Key of "has logged in to this account from there before". */
export function knownKey(account: string, source: string): Promise<string> {
  return limitKey('known', account, source)
}
