import { html } from 'hono/html'
import { headerReferences } from '../http/headers.ts'
import { namespace } from '../http/namespace.ts'
import { createRouter } from '../http/router.ts'
import { HtmlPage, page, pageHeaders } from './page.ts'

const front = namespace('Service').route({
  operationId: 'readFrontPage',
  method: 'get',
  path: '/',
  summary: 'The front page',
  description: 'Says to people what this is and leads to the documentation.',
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

export const frontRoutes = createRouter().openapi(front, (c) => {
  const { PUBLIC_URL, HOST, PORT } = c.var.deps.config
  const address = PUBLIC_URL ?? `http://${HOST ?? '127.0.0.1'}:${PORT}`
  return c.html(
    page(
      'Accounts and posts',
      html`<h1>Gatepost</h1>
        <p>The accounts-and-posts API: people register and log in, get JSON Web Tokens, and write posts behind a guard.</p>
        <ul>
          <li><a href="/docs">Documentation</a>, where every operation can be tried</li>
          <li><a href="/openapi.json">OpenAPI document</a>, also as <a href="/openapi.yaml">YAML</a></li>
          <li><a href="/posts">The latest posts</a></li>
          <li><a href="/readyz">Is it ready?</a></li>
        </ul>
        <p>Register, and you get an access token:</p>
        <pre><code>curl ${address}/users \\
  --json '{"username": "ada", "email": "ada@example.com", "password": "correct horse battery"}'</code></pre>
        <p>Write a post with it:</p>
        <pre><code>curl ${address}/posts -H "Authorization: Bearer $TOKEN" \\
  --json '{"title": "Hello, world", "body": "My first post."}'</code></pre>`,
    ),
    200,
    pageHeaders,
  )
})
