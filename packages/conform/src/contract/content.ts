import { isUtf8 } from 'node:buffer'
import { type DeclaredResponse, essence } from './document.ts'
import type { Exchange } from './exchange.ts'
import type { Validate } from './schemas.ts'

/** The media type of a response, without parameters. */
export function mediaType({ headers }: Exchange): string | undefined {
  const type = headers.get('content-type')
  return type === null ? undefined : essence(type)
}

/** Compares media type and body with the declared ones. */
export function contentFaults(
  exchange: Exchange,
  { content }: DeclaredResponse,
  validate: Validate,
): string[] {
  const type = mediaType(exchange)
  if (content.size === 0 || exchange.status === 204 || exchange.status === 304) {
    return [
      ...noBodyFaults(exchange),
      ...(type === undefined ? [] : [`no content is declared, but Content-Type is ${type}`]),
    ]
  }
  if (type === undefined) return ['Content-Type is missing']
  const declared = [type, `${type.split('/')[0]}/*`, '*/*'].find((name) => content.has(name))
  if (declared === undefined) return [`${type} is not declared, only ${[...content.keys()].join(', ')}`]
  if (exchange.method === 'HEAD') return noBodyFaults(exchange)
  const schema = content.get(sparseTypeOf(exchange, content) ?? declared)
  if (schema === undefined) return []
  if (!/[/+]json$/.test(type)) return validate(schema, textOf(exchange.body))
  const value = jsonOf(exchange.body)
  return value === undefined ? ['the body is not JSON in UTF-8'] : validate(schema, value)
}

/**
 * The media type whose schema applies to a response with fewer fields. Clients that ask for `application/json` get such
 * a response under that name, which OpenAPI cannot express.
 */
function sparseTypeOf({ path, requestHeaders }: Exchange, content: DeclaredResponse['content']) {
  const selectsFields =
    requestHeaders?.has('x-fields') || new URL(`http://localhost${path}`).searchParams.has('fields')
  return selectsFields ? [...content.keys()].find((type) => /\.sparse\+json$/.test(type)) : undefined
}

/** For responses that must have no body. */
export function noBodyFaults({ body }: Exchange): string[] {
  return body.length === 0 ? [] : ['it has a body and must not']
}

export function textOf(body: string | Uint8Array): string {
  // Keeps a byte order mark, so that JSON with one is a fault (RFC 8259, section 8.1).
  return typeof body === 'string' ? body : new TextDecoder('utf-8', { ignoreBOM: true }).decode(body)
}

/** The parsed body; undefined if it is not JSON in UTF-8. */
export function jsonOf(body: string | Uint8Array): unknown {
  if (typeof body !== 'string' && !isUtf8(body)) return undefined
  try {
    return JSON.parse(textOf(body))
  } catch {
    return undefined
  }
}
