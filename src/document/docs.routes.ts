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

/** Swagger UI draws its icons from data: addresses; nothing is inline and nothing comes from elsewhere. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const renderDocs = swaggerUI<AppEnv>({
  title: 'Gatepost API',
  url: '/openapi.json',
  baseUrl: '/docs',
  // Its own page starts Swagger UI by an inline script, which a strict Content-Security-Policy forbids.
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
  // Deep links are the fragment of the address; a referrer within this server gives nothing away.
  c.header('Referrer-Policy', 'same-origin')
  return renderDocs(c, next) as Promise<Response> // it always answers, whatever the type of middleware says
})

const aDay = { 'Cache-Control': 'public, max-age=86400' }

/** The files of the pages are no part of the API and so not in the document. */
export const docsFiles = new Hono<AppEnv>()

docsFiles.get('/docs/', (c) => c.redirect(withoutSlash(c) ?? '/docs', 308))
docsFiles.get('/docs/start.js', async (c) =>
  c.body(await c.var.deps.docsFile('docs-start.js'), 200, { ...aDay, 'Content-Type': 'text/javascript' }),
)
// Browsers ask for it whatever the page says; a 404 would stand on their console.
docsFiles.get('/favicon.ico', (c) => c.body(null, 204, aDay))
for (const file of swaggerUiFiles) {
  const type = file.endsWith('.css') ? 'text/css' : 'text/javascript'
  docsFiles.get(`/docs/swagger-ui-dist/${file}`, async (c) =>
    c.body(await c.var.deps.docsFile(file), 200, { ...aDay, 'Content-Type': type }),
  )
}
