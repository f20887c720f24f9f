// Replaces `@asteasolutions/zod-to-openapi` in the Worker (see wrangler.toml) by the part that it needs. The rest
// builds the document from the routes, which worker/assets.ts does in advance.

export {
  extendZodWithOpenApi,
  getOpenApiMetadata,
  OpenAPIRegistry,
} from '../node_modules/@asteasolutions/zod-to-openapi/dist/index.mjs'

// `@hono/zod-openapi` imports these, but the Worker never calls the functions that use them.
class NoGenerator {
  constructor() {
    throw new Error('A Worker makes no document: it has openapi.json of worker/assets.ts.')
  }
}

export { NoGenerator as OpenApiGeneratorV3, NoGenerator as OpenApiGeneratorV31 }
