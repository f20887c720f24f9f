import { namespace } from '../api/namespace.ts'
import { headerReferences } from '../http/headers.ts'
import { createRouter } from '../http/router.ts'
import type { AppFetch } from '../pages/parts/web-env.ts'
import { HtmlPage } from './page.ts'

const front = namespace('Service').route({
  operationId: 'readFrontPage',
  method: 'get',
  path: '/',
  summary: 'The front page',
  description:
    'Says to people what this is and how it is, and leads to the pages and the documentation. In English or Korean.',
  responses: {
    200: {
      description: 'A page.',
      headers: headerReferences('Content-Language'),
      content: { 'text/html': { schema: HtmlPage } },
    },
  },
  usesDatabase: false,
  ignoresQuery: true,
})

/** Like the other pages, the front page calls the app by `fetch` and is loaded at its first request. */
export function frontRoutes(fetch: AppFetch) {
  return createRouter().openapi(front, async (c) => {
    const { respondWithFrontPage } = await import('../pages/parts/front-response.ts')
    const { page, headers } = await respondWithFrontPage(c, fetch)
    return c.html(page, 200, headers)
  })
}
