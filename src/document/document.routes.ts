import { z } from '@hono/zod-openapi'
import type { OpenAPIObject } from 'openapi3-ts/oas31'
import { namespace } from '../api/namespace.ts'
import { headerReferences } from '../http/headers.ts'
import { createRouter } from '../http/router.ts'
import { toYaml } from './yaml.ts'

const service = namespace('Service')

const part = (description: string) => z.unknown().openapi({ description })

// Only the outline: the OpenAPI Specification defines the rest.
const OpenApiDocument = z
  .strictObject({
    openapi: z.enum(['3.1.0']).openapi({ description: 'Version of the OpenAPI Specification.' }),
    info: part('Title, version, licence and contact.'),
    servers: part('Where the API is.'),
    tags: part('Groups of operations.'),
    paths: part('The operations.'),
    components: part('What the operations share.'),
  })
  .openapi('OpenApiDocument', {
    description: 'An OpenAPI document.',
    example: { openapi: '3.1.0', info: {}, servers: [], tags: [], paths: {}, components: {} },
  })

// No type: some tools validate the text against the schema, others the parsed value.
const YamlDocument = part('An OpenAPI document.').openapi({ example: 'openapi: 3.1.0' })

const json = service.route({
  operationId: 'readDocument',
  method: 'get',
  path: '/openapi.json',
  summary: 'This document',
  description: 'The OpenAPI 3.1 document, generated from the routes.',
  responses: {
    200: {
      description: 'The document.',
      headers: headerReferences(),
      content: { 'application/json': { schema: OpenApiDocument } },
    },
  },
  usesDatabase: false,
  ignoresQuery: true,
})

const yaml = service.route({
  operationId: 'readDocumentAsYaml',
  method: 'get',
  path: '/openapi.yaml',
  summary: 'This document as YAML',
  description: 'The OpenAPI 3.1 document, generated from the routes.',
  responses: {
    200: {
      description: 'The document.',
      headers: headerReferences(),
      content: { 'application/yaml': { schema: YamlDocument } },
    },
  },
  usesDatabase: false,
  ignoresQuery: true,
})

/** Serves the document that `load` returns. It is loaded once, at the first request. */
export function documentRoutes(load: () => Promise<OpenAPIObject>) {
  let document: OpenAPIObject | undefined
  let asYaml: string | undefined
  const mayBeKept = { 'Cache-Control': 'no-cache' }
  return createRouter()
    .openapi(json, async (c) => {
      document ??= await load()
      return c.json(document as unknown as z.output<typeof OpenApiDocument>, 200, mayBeKept) // the type of the document is stricter than the schema's
    })
    .openapi(yaml, async (c) => {
      document ??= await load()
      asYaml ??= toYaml(document)
      return c.body(asYaml, 200, { ...mayBeKept, 'Content-Type': 'application/yaml' })
    })
}
