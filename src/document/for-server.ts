import type { OpenAPIObject, SecuritySchemeObject } from 'openapi3-ts/oas31'
import { cookieName } from '../api/session-cookies.ts'
import type { Config } from '../config/config.ts'

/** Adds to the document what depends on a server's settings; everything else is the same on all servers. */
export function forServer(
  document: OpenAPIObject,
  { PUBLIC_URL, CONTACT_EMAIL }: Pick<Config, 'PUBLIC_URL' | 'CONTACT_EMAIL'>,
): OpenAPIObject {
  const { info, servers, components } = document
  const [server] = servers ?? []
  const cookie = components?.securitySchemes?.cookieToken as SecuritySchemeObject | undefined
  if (!info.contact || !server || !cookie) throw new Error('The document has no contact, server or cookie.')
  info.contact.url = PUBLIC_URL ?? `mailto:${CONTACT_EMAIL}`
  info.contact.email = CONTACT_EMAIL
  server.url = PUBLIC_URL ?? '/'
  cookie.name = cookieName('access', PUBLIC_URL)
  return document
}
