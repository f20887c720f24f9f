import type { Schema } from './document.ts'

/** The id of a component schema in one of its two versions: closed, or open for use within an allOf. */
export const schemaId = (name: string, closed: boolean) => `gatepost:/${closed ? 'closed' : 'open'}/${name}`

const valueKeywords = new Set([
  'items',
  'contains',
  'additionalProperties',
  'unevaluatedItems',
  'unevaluatedProperties',
])
const valueListKeywords = new Set(['prefixItems'])
const valueMapKeywords = new Set(['properties', 'patternProperties'])
const inPlaceKeywords = new Set(['if', 'then', 'else', 'not'])
const inPlaceListKeywords = new Set(['allOf', 'anyOf', 'oneOf'])
const inPlaceMapKeywords = new Set(['dependentSchemas'])
const describing = [
  '$ref',
  'allOf',
  'anyOf',
  'oneOf',
  'if',
  'dependentSchemas',
  'properties',
  'patternProperties',
]

/**
 * A version of the schema that refuses undeclared properties at every depth. A lone reference is closed, and so is each
 * branch of a lone anyOf or oneOf. If several schemas apply to one value (allOf, or properties beside a reference),
 * they declare its properties together, so only the whole is closed. An object with its own additionalProperties keeps
 * them.
 */
export function closed(schema: Schema, isClosed = true): Schema {
  if (typeof schema === 'boolean') return schema
  const used = describing.filter((keyword) => keyword in schema)
  const forwards = used.length === 1 && ['$ref', 'anyOf', 'oneOf'].includes(used[0] ?? '')
  const result: Record<string, unknown> = {}
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'nullable') continue // OpenAPI 3.0; means nothing in 3.1, but Ajv would obey it
    result[keyword] = convert(keyword, value, isClosed && forwards)
  }
  const declaresRest = 'additionalProperties' in schema || 'unevaluatedProperties' in schema
  if (isClosed && !forwards && !declaresRest && (used.length > 0 || isObject(schema))) {
    result.unevaluatedProperties = false
  }
  return result
}

function convert(keyword: string, value: any, isClosed: boolean): unknown {
  if (keyword === '$ref') return reference(value, isClosed)
  if (valueKeywords.has(keyword)) return closed(value)
  if (valueListKeywords.has(keyword)) return value.map((part: Schema) => closed(part))
  if (valueMapKeywords.has(keyword)) return mapValues(value, (part) => closed(part))
  if (inPlaceKeywords.has(keyword)) return closed(value, false)
  if (inPlaceListKeywords.has(keyword)) return value.map((part: Schema) => closed(part, isClosed))
  if (inPlaceMapKeywords.has(keyword)) return mapValues(value, (part) => closed(part, false))
  return value
}

function reference(pointer: string, isClosed: boolean): string {
  const [, name] = /^#\/components\/schemas\/([^/]+)$/.exec(pointer) ?? []
  if (name === undefined)
    throw new Error(`The checker follows references to #/components/schemas only, not to ${pointer}.`)
  return schemaId(name, isClosed)
}

function isObject(schema: { readonly [keyword: string]: unknown }): boolean {
  return [schema.type].flat().includes('object')
}

function mapValues(map: Record<string, Schema>, convertValue: (schema: Schema) => Schema) {
  return Object.fromEntries(Object.entries(map).map(([name, schema]) => [name, convertValue(schema)]))
}
