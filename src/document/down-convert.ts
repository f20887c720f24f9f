import type { OpenAPIObject } from 'openapi3-ts/oas31'

type Json = Record<string, unknown>

/** Keywords of 3.1 that 3.0 lacks and that are not translated here: no document is better than a wrong one. */
const untranslatable = [
  '$defs',
  'contains',
  'contentEncoding',
  'contentMediaType',
  'dependentRequired',
  'dependentSchemas',
  'else',
  'if',
  'patternProperties',
  'prefixItems',
  'propertyNames',
  'then',
  'unevaluatedItems',
  'unevaluatedProperties',
]

/**
 * Converts the document to OpenAPI 3.0.3, for tools that do not support 3.1.
 * @throws Error if a schema needs a keyword that 3.0 lacks
 */
export function toOpenApi30(document: OpenAPIObject): Json {
  const { openapi: _version, webhooks, ...rest } = structuredClone(document)
  if (webhooks) throw new Error('OpenAPI 3.0 has no webhooks.')
  return { openapi: '3.0.3', ...(convert(rest, 'document') as Json) }
}

/** Keys whose values are schemas, lists of schemas, or maps of schemas by name. */
const schemaKeys = new Set(['schema', 'items', 'additionalProperties', 'not'])
const schemaLists = new Set(['allOf', 'anyOf', 'oneOf'])
const schemaMaps = new Set(['schemas', 'properties'])
/** Keys whose values are data and must not be converted. */
const dataKeys = new Set(['example', 'examples', 'default', 'enum', 'const', 'value'])

/** Converts the document recursively; `key` is the key under which the value was found. */
function convert(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || (dataKeys.has(key) && key !== 'examples')) return value
  if (Array.isArray(value))
    return value.map((part) => (schemaLists.has(key) ? toSchema(part) : convert(part, '')))
  if (schemaKeys.has(key)) return toSchema(value as Json)
  const isMap = schemaMaps.has(key)
  return mapValues(value as Json, (part, name) => {
    if (isMap) return toSchema(part as Json)
    return name === 'security' ? withoutScopes(part as Json[]) : convert(part, name)
  })
}

/** OpenAPI 3.0 allows no scopes for API keys (Security Requirement Object); the descriptions of operations name them. */
function withoutScopes(requirements: readonly Json[]): Json[] {
  return requirements.map((requirement) => mapValues(requirement, () => []))
}

function toSchema(given: Json): unknown {
  if (typeof given !== 'object') return given
  const { examples, const: constant, exclusiveMinimum, exclusiveMaximum, ...schema } = given
  const unknown = untranslatable.filter((keyword) => keyword in schema)
  if (unknown.length > 0) throw new Error(`OpenAPI 3.0 has nothing for ${unknown.join(', ')}.`)
  const result = mapValues(schema, (part, name) => convert(part, name))
  if (Array.isArray(examples)) result.example ??= examples[0]
  if (constant !== undefined) result.enum = [constant]
  if (exclusiveMinimum !== undefined)
    Object.assign(result, { minimum: exclusiveMinimum, exclusiveMinimum: true })
  if (exclusiveMaximum !== undefined)
    Object.assign(result, { maximum: exclusiveMaximum, exclusiveMaximum: true })
  return withReference(withoutNullType(result))
}

/** `type: [string, null]` and `anyOf: [X, {type: null}]` are `nullable` in 3.0. */
function withoutNullType(schema: Json): Json {
  if (Array.isArray(schema.type)) {
    const [type, ...more] = schema.type.filter((name) => name !== 'null')
    if (type === undefined || more.length > 0)
      throw new Error(`OpenAPI 3.0 has one type for a value, not ${schema.type.join(' and ')}.`)
    return { ...schema, type, ...(schema.type.includes('null') && { nullable: true }) }
  }
  for (const list of ['anyOf', 'oneOf']) {
    const parts = schema[list] as Json[] | undefined
    const rest = parts?.filter((part) => part.type !== 'null')
    if (!parts || rest?.length === parts.length) continue
    const { [list]: _old, ...others } = schema
    return { ...others, nullable: true, ...(rest?.length === 1 ? { allOf: rest } : { [list]: rest }) }
  }
  return schema
}

/** OpenAPI 3.0 allows no other keys beside a reference. */
function withReference(schema: Json): Json {
  const { $ref, ...others } = schema
  return $ref === undefined || Object.keys(others).length === 0 ? schema : { ...others, allOf: [{ $ref }] }
}

function mapValues(map: Json, change: (value: unknown, name: string) => unknown): Json {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value, name)]))
}
