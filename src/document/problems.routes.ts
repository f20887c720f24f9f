import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { AppContext, AppEnv } from '../api/context.ts'
import { namespace } from '../api/namespace.ts'
import { ProblemCodes, problemStatus, problemTitle, problemType } from '../api/problem-responses.ts'
import { ApiError } from '../errors/api-error.ts'
import { type Language, preferredLanguage } from '../errors/language.ts'
import { wordings } from '../errors/problem-language.ts'
import { problemUri } from '../errors/problem-response.ts'
import { type ProblemCode, problemCodes, problems } from '../errors/problems.ts'
import { preferred } from '../http/accept.ts'
import { output } from '../http/fields.ts'
import { headerReferences } from '../http/headers.ts'
import { createRouter } from '../http/router.ts'
import { textField } from '../http/text.ts'
import { HtmlPage } from './page.ts'

const service = namespace('Service')

const { detail, advice } = problems['posts.not_found']

const ProblemExplanation = z
  .strictObject({
    type: problemType.openapi({ description: 'The address of this explanation.' }),
    code: ProblemCodes,
    status: problemStatus,
    title: problemTitle,
    detail: output('What the problem means.', { min: 1, max: 512, example: detail }),
    advice: output('What you can do.', { min: 1, max: 512, example: advice }),
  })
  .openapi('ProblemExplanation', { description: 'What a problem means and what to do.' })
type ProblemExplanation = z.output<typeof ProblemExplanation>

const ProblemList = z
  .strictObject({
    items: z.array(ProblemExplanation).openapi({ description: 'All problems.', minItems: 1, maxItems: 1000 }),
  })
  .openapi('ProblemList', { description: 'Every problem that this server can answer with.' })

const list = service.route({
  operationId: 'listProblems',
  method: 'get',
  path: '/problems',
  summary: 'List all problems',
  description: 'Every code that errors can have, for people (HTML) and programs (JSON).',
  responses: {
    200: {
      description: 'All problems.',
      headers: headerReferences('Content-Language'),
      content: { 'application/json': { schema: ProblemList }, 'text/html': { schema: HtmlPage } },
    },
  },
  usesDatabase: false,
  ignoresQuery: true,
})

const read = service.route({
  operationId: 'readProblem',
  method: 'get',
  path: '/problems/{code}',
  summary: 'What does a problem mean?',
  description:
    'Explains a problem to people (HTML) and programs (JSON). The `type` of every problem leads here.',
  request: {
    params: z.object({
      code: textField({ min: 1, max: 64 }).openapi({
        param: { name: 'code', in: 'path' },
        description: 'Code of the problem.',
        example: 'posts.not_found',
      }),
    }),
  },
  responses: {
    200: {
      description: 'The explanation.',
      headers: headerReferences('Content-Language'),
      content: { 'application/json': { schema: ProblemExplanation }, 'text/html': { schema: HtmlPage } },
    },
  },
  problems: ['problems.not_found'],
  usesDatabase: false,
  ignoresQuery: true,
})

export const problemsRoutes = createRouter()
  .openapi(list, async (c) => {
    if (wantsPage(c)) return explanationPage(c)
    const language = preferredLanguage(c.req.header('Accept-Language'))
    const items = problemCodes.map(await explainer(c, language))
    return c.json({ items }, 200, inLanguage(language))
  })
  .openapi(read, async (c) => {
    const { code } = c.req.valid('param')
    if (!isProblemCode(code)) throw new ApiError('problems.not_found')
    if (wantsPage(c)) return explanationPage(c, code)
    const language = preferredLanguage(c.req.header('Accept-Language'))
    const explain = await explainer(c, language)
    return c.json(explain(code), 200, inLanguage(language))
  })

async function explanationPage(c: Context<AppEnv>, code?: ProblemCode) {
  const { problemsPage } = await import('../pages/routes/problem-explanations.ts')
  const { page, headers } = await problemsPage(c, code)
  return c.html(page, 200, headers)
}

function inLanguage(language: Language): Record<string, string> {
  return { 'Content-Language': language, Vary: 'Accept, Accept-Language' }
}

async function explainer(
  c: AppContext,
  language: Language,
): Promise<(code: ProblemCode) => ProblemExplanation> {
  const worded = await wordings(c, language)
  return (code) => {
    const { title, detail, advice } = worded[code]
    const type = problemUri(c.var.deps.config.PUBLIC_URL, code)
    return { type, code, status: problems[code].status, title, detail, advice }
  }
}

function wantsPage(c: AppContext): boolean {
  return preferred(c.req.header('Accept'), ['application/json', 'text/html']) === 'text/html'
}

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code)
}
