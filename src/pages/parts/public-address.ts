import type { Config } from '../../config/config.ts'

/**
 * The public address of this server. It comes from the settings, never from the Host header, which anyone can forge.
 */
export function publicAddress({ PUBLIC_URL, HOST, PORT }: Config): string {
  return PUBLIC_URL ?? `http://${HOST ?? '127.0.0.1'}:${PORT}`
}
