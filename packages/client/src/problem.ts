import type { Problem, ProblemDetails } from './api.generated.ts'

/** Every problem code that a call can result in. */
export type ProblemCode = Problem['code'] | 'client.unexpected_answer'

export type AnyProblem = ProblemDetails & { code: ProblemCode; status: number }

/** A problem as an exception, for iterating over pages, where no result can be returned. */
export class ProblemError extends Error {
  readonly code: ProblemCode
  readonly problem: AnyProblem

  constructor(problem: AnyProblem) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`)
    this.name = 'ProblemError'
    this.code = problem.code
    this.problem = problem
  }
}

/** The response, or a problem instead if it does not come from Gatepost, such as the error page of a proxy. */
export function toExpectedResponse(request: Request, response: Response): Response {
  const type = response.headers.get('content-type') ?? ''
  const isProblem = /^application\/problem\+json\b/.test(type)
  const isExpected = response.ok ? response.body === null || /[/+]json\b/.test(type) : isProblem
  if (isExpected || response.status === 304) return response
  const { pathname } = new URL(request.url)
  const status = response.ok ? 502 : response.status
  const problem: AnyProblem = {
    type: 'about:blank',
    title: 'Unexpected answer',
    status,
    detail: `${request.method} ${pathname} was answered ${response.status} with ${type || 'no body'}, which is not what Gatepost answers: look at the address and at the proxies in between.`,
    instance: pathname,
    code: 'client.unexpected_answer',
    request_id: response.headers.get('x-request-id') ?? '',
  }
  const headers = new Headers(response.headers)
  headers.set('content-type', 'application/problem+json')
  return new Response(JSON.stringify(problem), { status, headers })
}
