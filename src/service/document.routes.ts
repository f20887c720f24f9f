import { z } from '@hono/zod-openapi'
import type { OpenAPIObject } from 'openapi3-ts/oas31'
import { headerReferences } from '../http/headers.ts'
import { namespace } from '../http/namespace.ts'
import { createRouter } from '../http/router.ts'
import { toYaml } from './yaml.ts'

const service = namespace('Service')

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
      content: { 'application/json': { schema: z.record(z.string(), z.unknown()) } },
    },
  },
  usesDatabase: false,
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
      content: { 'application/yaml': { schema: z.unknown() } },
    },
  },
  usesDatabase: false,
})

/** Serves the document that `build` makes; it is made once, when first asked for. */
export function documentRoutes(build: () => OpenAPIObject) {
  let document: OpenAPIObject | undefined
  let asYaml: string | undefined
  const mayBeKept = { 'Cache-Control': 'no-cache' }
  return createRouter()
    .openapi(json, (c) => {
      document ??= build()
      return c.json(document as unknown as Record<string, never>, 200, mayBeKept) // the type of a document knows only its own fields
    })
    .openapi(yaml, (c) => {
      document ??= build()
      asYaml ??= toYaml(document)
      return c.body(asYaml, 200, { ...mayBeKept, 'Content-Type': 'application/yaml' })
    })
}
