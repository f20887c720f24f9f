import type { OpenAPIObject, ReferenceObject, ResponseObject, SchemaObject } from 'openapi3-ts/oas31'
import { operationsOf } from './share-responses.ts'

/** Adds an example to each response with a body, made of the examples of its fields. */
export function addExamples(document: OpenAPIObject): void {
  for (const operation of operationsOf(document)) {
    for (const [status, response] of Object.entries<ResponseObject>(operation.responses ?? {})) {
      if (!status.startsWith('2')) continue
      for (const media of Object.values(response.content ?? {})) {
        if (media.schema) media.example ??= exampleOf(media.schema, document)
      }
    }
  }
}

/** An example of a schema: its own, or one made of the examples of its parts. */
export function exampleOf(part: SchemaObject | ReferenceObject, document: OpenAPIObject): unknown {
  const schema = part.$ref === undefined ? (part as SchemaObject) : resolve(part.$ref, document)
  if (schema.example !== undefined) return schema.example
  const [first] = schema.enum ?? schema.anyOf ?? schema.oneOf ?? []
  if (schema.enum) return first
  if (first) return exampleOf(first, document)
  if (schema.items) return [exampleOf(schema.items, document)]
  if (!schema.properties) return null
  return Object.fromEntries(
    Object.entries(schema.properties).map(([name, property]) => [name, exampleOf(property, document)]),
  )
}

function resolve(pointer: string, document: OpenAPIObject): SchemaObject {
  const schema = document.components?.schemas?.[pointer.replace('#/components/schemas/', '')]
  if (!schema) throw new Error(`The document refers to ${pointer}, which it does not have.`)
  return schema as SchemaObject
}
