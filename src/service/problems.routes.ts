import { z } from '@hono/zod-openapi'
import { html } from 'hono/html'
import { ApiError, problemUri } from '../errors.ts'
import { preferred } from '../http/accept.ts'
import { headerReferences } from '../http/headers.ts'
import { namespace } from '../http/namespace.ts'
import { createRouter } from '../http/router.ts'
import { text } from '../http/text.ts'
import { type ProblemCode, problemCodes, problems } from '../problems.ts'
import { page, pageHeaders } from './page.ts'

const service = namespace('Service')

const ProblemExplanation = z
  .strictObject({
    type: z.string().openapi({ format: 'uri-reference', description: 'The address of this explanation.' }),
    code: z.enum(problemCodes),
    status: z.int().min(400).max(599),
    title: z.string(),
    detail: z.string().openapi({ description: 'What the problem means.' }),
    advice: z.string().openapi({ description: 'What you can do.' }),
  })
  .openapi('ProblemExplanation', { description: 'What a problem means and what to do.' })

const read = service.route({
  operationId: 'readProblem',
  method: 'get',
  path: '/problems/{code}',
  summary: 'What does a problem mean?',
  description:
    'Explains a problem to people (HTML) and programs (JSON). The `type` of every problem leads here.',
  request: {
    params: z.object({
      code: text({ min: 1, max: 64 }).openapi({
        param: { name: 'code', in: 'path' },
        description: 'Code of the problem.',
        example: 'posts.not_found',
      }),
    }),
  },
  responses: {
    200: {
      description: 'The explanation.',
      headers: headerReferences(),
      content: { 'application/json': { schema: ProblemExplanation }, 'text/html': { schema: z.string() } },
    },
  },
  problems: ['problems.not_found'],
  usesDatabase: false,
})

export const problemsRoutes = createRouter().openapi(read, (c) => {
  const { code } = c.req.valid('param')
  if (!isProblemCode(code)) throw new ApiError('problems.not_found')
  const { status, title, detail, advice } = problems[code]
  if (preferred(c.req.header('Accept'), ['application/json', 'text/html']) === 'text/html') {
    return c.html(
      page(
        title,
        html`<h1>${title}</h1><p><code>${code}</code> · HTTP ${status}</p><p>${detail}</p><p>${advice}</p>
          <p><a href="/docs">Documentation</a></p>`,
      ),
      200,
      pageHeaders,
    )
  }
  const type = problemUri(c.var.deps.config.PUBLIC_URL, code)
  return c.json({ type, code, status, title, detail, advice }, 200)
})

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code)
}
