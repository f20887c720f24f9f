import type { Json } from './exchange.ts'
import { type Operation, operations, type ParameterKind } from './operations.ts'

/** The operations of a server that the contract does not have, as its document describes them. */
export function addedOperations(document: Json): Operation[] {
  const known = new Set(operations.map(({ method, path }) => `${method} ${path}`))
  return Object.entries<Json>(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries<Json>(item ?? {})
      .filter(([method, operation]) => operation?.responses && !known.has(`${method.toUpperCase()} ${path}`))
      .map(([method, operation]) => read(document, { path, method: method.toUpperCase(), operation })),
  )
}

/** The security schemes of an access token. */
const tokens = new Set(['accessToken', 'xAccessToken', 'cookieToken'])

interface Documented {
  path: string
  method: string
  operation: Json
}

function read(document: Json, { path, method, operation }: Documented): Operation {
  const parameters = (operation.parameters ?? []).map((parameter: Json) => resolve(document, parameter))
  const responses = Object.entries<Json>(operation.responses).map(([status, response]): [number, Json] => [
    Number(status),
    resolve(document, response),
  ])
  const successes = responses.filter(([status]) => status >= 200 && status < 300)
  const codes = (status: number): string[] =>
    responses.flatMap(([of, response]) =>
      of === status ? Object.keys(response.content?.['application/problem+json']?.examples ?? {}) : [],
    )
  const missing = codes(404).filter((code) => code.endsWith('.not_found') && code !== 'route.not_found')
  const ways: object[] = operation.security ?? document.security ?? []
  const isGuarded = ways.length > 0 && ways.every((way) => Object.keys(way).some((name) => tokens.has(name)))
  const inPath = parameters.filter((parameter: Json) => parameter.in === 'path')
  return {
    id: operation.operationId ?? `${method} ${path}`,
    method,
    path,
    guard: isGuarded ? 'user' : 'open',
    isAdded: true,
    isForSome: codes(403).includes('auth.forbidden'),
    success: successes[0]?.[0] ?? 200,
    produces: successes.flatMap(([, response]) => Object.keys(response.content ?? {})),
    hasTag: successes.some(([, response]) => 'ETag' in (response.headers ?? {})),
    hasQuery: parameters.some((parameter: Json) => parameter.in === 'query') && codes(422).length > 0,
    parameters: Object.fromEntries(
      inPath.map((parameter: Json) => [parameter.name, kindOf(parameter.schema)]),
    ),
    ...(missing.length > 0 && inPath.length > 0 && { missing }),
    ...bodyOf(document, operation),
  }
}

function kindOf(schema: Json = {}): ParameterKind {
  if (schema.type === 'integer') return 'number'
  return schema.format === 'uuid' ? 'uuid' : 'text'
}

/** For a body without further fields than those in the document: an example, and the fields. */
function bodyOf(document: Json, operation: Json): Pick<Operation, 'body' | 'isBodyOptional' | 'fields'> {
  const requestBody = resolve(document, operation.requestBody ?? {})
  const media = requestBody.content?.['application/json']
  const schema = media?.schema && resolve(document, media.schema)
  if (schema?.type !== 'object' || schema.additionalProperties !== false) return {}
  return {
    body: media.example ?? exampleOf(document, schema),
    isBodyOptional: requestBody.required !== true,
    fields: { all: Object.keys(schema.properties ?? {}), required: schema.required ?? [] },
  }
}

/** An example of a schema: its own, or one made of the examples of its parts. */
function exampleOf(document: Json, part: Json): Json {
  const schema = resolve(document, part)
  if (schema.example !== undefined) return schema.example
  if (schema.examples?.length > 0) return schema.examples[0]
  if (schema.default !== undefined) return schema.default
  const choices = schema.enum ?? schema.anyOf ?? schema.oneOf
  if (choices) return schema.enum ? choices[0] : exampleOf(document, choices[0])
  if (schema.items) return [exampleOf(document, schema.items)]
  if (!schema.properties) return null
  const fields = Object.entries<Json>(schema.properties)
  return Object.fromEntries(fields.map(([name, field]) => [name, exampleOf(document, field)]))
}

/** The target of a reference; any other value unchanged. */
function resolve(document: Json, part: Json): Json {
  if (typeof part?.$ref !== 'string') return part
  const [, kind = '', name = ''] = /^#\/components\/(\w+)\/(.+)$/.exec(part.$ref) ?? []
  return document.components?.[kind]?.[name] ?? {}
}
