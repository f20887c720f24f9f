import type { Config } from '../../config/config.ts'

/** Where this server is, as people are told: by its settings, never by a Host header that anybody can send. */
export function publicAddress({ PUBLIC_URL, HOST, PORT }: Config): string {
  return PUBLIC_URL ?? `http://${HOST ?? '127.0.0.1'}:${PORT}`
}
