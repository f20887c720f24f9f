import { swaggerUI } from '@hono/swagger-ui'
import { Hono } from 'hono'
import type { AppEnv } from '../api/context.ts'
import { namespace } from '../api/namespace.ts'
import type { DocsFile } from '../api/ports.ts'
import { headerReferences } from '../http/headers.ts'
import { createRouter } from '../http/router.ts'
import { withoutSlash } from '../http/trailing-slash.ts'
import { HtmlPage } from './page.ts'

/** The files of swagger-ui-dist that the page loads, and the script that starts it. */
const swaggerUiFiles = ['swagger-ui.css', 'swagger-ui-bundle.js'] as const satisfies DocsFile[]

const docs = namespace('Service').route({
  operationId: 'readDocs',
  method: 'get',
  path: '/docs',
  summary: 'The documentation',
  description: 'Swagger UI, served from this server alone: it works without internet.',
  responses: {
    200: {
      description: 'A page.',
      headers: headerReferences(),
      content: { 'text/html': { schema: HtmlPage } },
    },
  },
  usesDatabase: false,
  ignoresQuery: true,
})

/** Swagger UI draws its icons from data: URLs. Everything else comes from this server, and nothing is inline. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const renderDocs = swaggerUI<AppEnv>({
  title: 'Gatepost API',
  url: '/openapi.json',
  baseUrl: '/docs',
  // The middleware's own page starts Swagger UI by an inline script, which our Content-Security-Policy forbids.
  manuallySwaggerUIHtml: ({ css, js }) => `
    <link rel="icon" href="data:,">
    ${css.map((href) => `<link rel="stylesheet" href="${href}">`).join('')}
    <div id="swagger-ui"></div>
    ${[...js, '/docs/start.js'].map((src) => `<script src="${src}"></script>`).join('')}`,
})

export const docsRoutes = createRouter().openapi(docs, (c, next) => {
  c.header('Content-Security-Policy', contentSecurityPolicy)
  c.header('Cross-Origin-Opener-Policy', 'same-origin')
  c.header('Cache-Control', 'no-cache')
  // Operations are linked by the fragment, which a referrer never contains; so a referrer within this server is
  // harmless.
  c.header('Referrer-Policy', 'same-origin')
  return renderDocs(c, next) as Promise<Response> // it always returns a response, although the type of middleware allows none
})

const aDay = { 'Cache-Control': 'public, max-age=86400' }

/** Files of the pages are not part of the API, so the document does not list them. */
export const docsFiles = new Hono<AppEnv>()

docsFiles.get('/docs/', (c) => c.redirect(withoutSlash(c) ?? '/docs', 308))
docsFiles.get('/docs/start.js', async (c) =>
  c.body(await c.var.deps.docsFile('docs-start.js'), 200, { ...aDay, 'Content-Type': 'text/javascript' }),
)
// Browsers request it in any case; a 404 would appear in their console.
docsFiles.get('/favicon.ico', (c) => c.body(null, 204, aDay))
for (const file of swaggerUiFiles) {
  const type = file.endsWith('.css') ? 'text/css' : 'text/javascript'
  docsFiles.get(`/docs/swagger-ui-dist/${file}`, async (c) =>
    c.body(await c.var.deps.docsFile(file), 200, { ...aDay, 'Content-Type': type }),
  )
}
