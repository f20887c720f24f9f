// Its part that a Worker needs; wrangler.toml puts this in the place of `@asteasolutions/zod-to-openapi`. The rest
// makes the document of the routes, which worker/assets.ts does beforehand.

export {
  extendZodWithOpenApi,
  getOpenApiMetadata,
  OpenAPIRegistry,
} from '../node_modules/@asteasolutions/zod-to-openapi/dist/index.mjs'

// `@hono/zod-openapi` imports them, but nobody here calls what uses them.
class NoGenerator {
  constructor() {
    throw new Error('A Worker makes no document: it has openapi.json of worker/assets.ts.')
  }
}

export { NoGenerator as OpenApiGeneratorV3, NoGenerator as OpenApiGeneratorV31 }
