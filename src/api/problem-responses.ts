import { z } from '@hono/zod-openapi'
import { type ProblemCode, problemCodes, problems } from '../errors/problems.ts'
import { output } from '../http/fields.ts'
import { type DocumentedHeader, headerReferences } from '../http/headers.ts'

/** Names from a request are cut to 200 characters; a JSON pointer may contain several. */
const maxTextLength = 4096

const anything = '^[\\s\\S]*$'

const InvalidValue = z
  .strictObject({
    location: z
      .enum(['body', 'query', 'path', 'header', 'cookie'])
      .openapi({ description: 'In which part of the request.' }),
    pointer: output('In a body: where, as a JSON pointer (RFC 6901).', {
      max: maxTextLength,
      pattern: '^(/[^/]*)*$',
      example: '/title',
    }).optional(),
    name: output('Elsewhere: the name of the parameter.', {
      max: maxTextLength,
      pattern: anything,
      example: 'limit',
    }).optional(),
    code: output('Stable code of what is wrong, for programs.', {
      min: 1,
      max: 64,
      pattern: '^[a-z_]+$',
      example: 'required',
    }),
    message: output('What is wrong, for people.', {
      min: 1,
      max: maxTextLength,
      pattern: anything,
      example: 'Is required.',
    }),
  })
  .openapi('InvalidValue', { description: 'One wrong value of a request.' })

export const problemType = output('Address on this server that explains the problem.', {
  min: 11,
  max: 512,
  pattern: '^(https?://[^/]+)?/problems/[a-z_.]+$',
  example: '/problems/posts.not_found',
}).openapi({ format: 'uri-reference' })

export const problemTitle = output('What kind of problem it is; the same for every occurrence.', {
  min: 1,
  max: 100,
  example: 'No such post',
})

export const problemStatus = z
  .int()
  .min(400)
  .max(599)
  .openapi({ format: 'int32', description: 'The HTTP status.', example: 404 })

/** The type `ProblemCode` comes from the catalogue; this schema has the plural name to stay apart from it. */
export const ProblemCodes = z.enum(problemCodes).openapi('ProblemCode', {
  description: 'Stable code of a problem, for programs. `/problems/{code}` explains it.',
  example: 'posts.not_found',
})

const Problem = z
  .strictObject({
    type: problemType,
    title: problemTitle,
    status: problemStatus,
    detail: output('What is wrong this time.', { min: 1, max: 16_384, pattern: anything }),
    instance: output('The path that was asked for.', { min: 1, max: 65_536, pattern: '^/[!-~]*$' }).openapi({
      format: 'uri-reference',
      example: '/posts',
    }),
    code: ProblemCodes,
    request_id: output('Id of the request in the logs.', {
      min: 1,
      max: 128,
      pattern: '^[A-Za-z0-9._-]{1,128}$',
      example: '5f0c8a52-7f5a-4f0e-9d57-0b8a53f3a6f1',
    }),
    errors: z
      .array(InvalidValue)
      .optional()
      .openapi({ description: 'The wrong values; with status 422.', minItems: 1, maxItems: 20 }),
  })
  .openapi('Problem', { description: 'What went wrong and where (RFC 9457).' })

const headersOfStatus: Partial<Record<number, DocumentedHeader[]>> = {
  401: ['WWW-Authenticate'],
  406: ['Accept'],
  415: ['Accept', 'Accept-Patch', 'Accept-Encoding'],
  429: ['Retry-After'],
  503: ['Retry-After'],
}

/** The responses for these problem codes: one for each status, with an example for each code. */
export function problemResponses(codes: readonly ProblemCode[]) {
  const statuses = [...new Set(codes.map((code) => problems[code].status))].sort((a, b) => a - b)
  return Object.fromEntries(statuses.map((status) => [status, responseOf(status, codes)]))
}

function responseOf(status: number, codes: readonly ProblemCode[]) {
  const hasScopeHeader = status === 403 && codes.includes('auth.insufficient_scope')
  const ofStatus = problemCodes.filter((code) => codes.includes(code) && problems[code].status === status)
  return {
    description: ofStatus.map((code) => `\`${code}\`: ${problems[code].detail}`).join('\n\n'),
    headers: {
      ...headerReferences('Content-Language', ...(headersOfStatus[status] ?? [])),
      ...(hasScopeHeader && { 'WWW-Authenticate': { $ref: '#/components/headers/Insufficient-Scope' } }),
    },
    content: {
      'application/problem+json': {
        schema: Problem,
        examples: Object.fromEntries(ofStatus.map((code) => [code, { value: example(code) }])),
      },
    },
  }
}

function example(code: ProblemCode) {
  const { status, title, detail } = problems[code]
  return {
    type: `/problems/${code}`,
    title,
    status,
    detail,
    instance: '/',
    code,
    request_id: '5f0c8a52-7f5a-4f0e-9d57-0b8a53f3a6f1',
    ...(status === 422 && {
      errors: [{ location: 'body', pointer: '/title', code: 'required', message: 'Is required.' }],
    }),
  }
}
