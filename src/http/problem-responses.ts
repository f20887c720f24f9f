import { z } from '@hono/zod-openapi'
import { type ProblemCode, problemCodes, problems } from '../problems.ts'
import { type DocumentedHeader, headerReferences } from './headers.ts'

const InvalidValue = z
  .strictObject({
    location: z.enum(['body', 'query', 'path', 'header', 'cookie']),
    pointer: z
      .string()
      .optional()
      .openapi({ description: 'In a body: where, as a JSON pointer (RFC 6901).' }),
    name: z.string().optional().openapi({ description: 'Elsewhere: the name of the parameter.' }),
    code: z.string().openapi({ description: 'Stable code of what is wrong, for programs.' }),
    message: z.string().openapi({ description: 'What is wrong, for people.' }),
  })
  .openapi('InvalidValue', { description: 'One wrong value of a request.' })

export const Problem = z
  .strictObject({
    type: z.string().openapi({
      format: 'uri-reference',
      description: 'Address on this server that explains the problem.',
    }),
    title: z.string().openapi({ description: 'What kind of problem it is; the same for every occurrence.' }),
    status: z.int().min(400).max(599).openapi({ description: 'The HTTP status.' }),
    detail: z.string().openapi({ description: 'What is wrong this time.' }),
    instance: z.string().openapi({ format: 'uri-reference', description: 'The path that was asked for.' }),
    code: z.enum(problemCodes).openapi({ description: 'Stable code, for programs.' }),
    request_id: z.string().openapi({ description: 'Id of the request in the logs.' }),
    errors: z.array(InvalidValue).optional().openapi({ description: 'The wrong values; with status 422.' }),
  })
  .openapi('Problem', { description: 'What went wrong and where (RFC 9457).' })

const headersOfStatus: Partial<Record<number, DocumentedHeader[]>> = {
  401: ['WWW-Authenticate'],
  429: ['Retry-After'],
  503: ['Retry-After'],
}

/** The answers for these codes, one for each status, with an example for each code. */
export function problemResponses(codes: readonly ProblemCode[]) {
  const statuses = [...new Set(codes.map((code) => problems[code].status))].sort((a, b) => a - b)
  return Object.fromEntries(statuses.map((status) => [status, responseOf(status, codes)]))
}

function responseOf(status: number, codes: readonly ProblemCode[]) {
  const ofStatus = [...new Set(codes)].filter((code) => problems[code].status === status)
  return {
    description: ofStatus.map((code) => `\`${code}\`: ${problems[code].detail}`).join('\n\n'),
    headers: headerReferences(...(headersOfStatus[status] ?? [])),
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
