import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { closed, schemaId } from './closed.ts'
import type { Schema } from './document.ts'

/** Returns the faults of a value, one per line; an empty list if it is valid. */
export type Validate = (schema: Schema, value: unknown) => string[]

/** Validates by JSON Schema 2020-12 with every object closed. Each schema is compiled once. */
export function createValidator(components: Readonly<Record<string, Schema>>): Validate {
  // Not strict: OpenAPI adds keywords (example, discriminator) and Zod adds formats that Ajv does not know.
  const ajv = new Ajv2020({ strict: false, allErrors: true, logger: false })
  addFormats.default(ajv)
  for (const [name, schema] of Object.entries(components)) {
    for (const isClosed of [true, false]) ajv.addSchema(closed(schema, isClosed), schemaId(name, isClosed))
  }
  const compiled = new Map<Schema, ValidateFunction>()
  return (schema, value) => {
    let validate = compiled.get(schema)
    if (!validate) {
      validate = ajv.compile(closed(schema))
      compiled.set(schema, validate)
    }
    return validate(value) ? [] : (validate.errors ?? []).slice(0, 8).map(describe)
  }
}

function describe({ instancePath, keyword, message, params }: ErrorObject): string {
  const where = instancePath || '(the whole)'
  if (keyword === 'unevaluatedProperties' || keyword === 'additionalProperties') {
    return `${where} has an undeclared property "${params.unevaluatedProperty ?? params.additionalProperty}"`
  }
  const more = 'allowedValues' in params ? `: ${params.allowedValues.join(', ')}` : ''
  return `${where} ${message}${more}`
}
