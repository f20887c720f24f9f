import type { Exchange } from './exchange.ts'

/** The media type of problems (RFC 9457). */
export const problemType = 'application/problem+json'

const neededHeaders: Readonly<Record<number, string>> = {
  401: 'WWW-Authenticate',
  405: 'Allow',
  429: 'Retry-After',
  503: 'Retry-After',
}

const locations = ['body', 'query', 'path', 'header', 'cookie']

/** Checks the rules of RFC 9457 and of this API that a problem's schema cannot express. */
export function problemFaults(body: unknown, { status, headers }: Exchange): string[] {
  if (typeof body !== 'object' || body === null) return ['the problem is not an object']
  const problem = body as Record<string, unknown>
  const faults: string[] = []
  const want = (isRight: boolean, fault: string) => {
    if (!isRight) faults.push(fault)
  }
  want(problem.status === status, `the problem says status ${problem.status}`)
  want(
    String(problem.type).endsWith(`/problems/${problem.code}`),
    `the problem's type ${problem.type} does not end with /problems/${problem.code}`,
  )
  want(
    problem.request_id === headers.get('x-request-id'),
    `the problem's request_id ${problem.request_id} is not the X-Request-Id ${headers.get('x-request-id')}`,
  )
  if (status === 422) faults.push(...invalidValueFaults(problem.errors))
  return faults
}

/** Checks headers without which a status is useless. */
export function neededHeaderFaults({ status, headers }: Exchange): string[] {
  const name = neededHeaders[status]
  return name === undefined || headers.has(name) ? [] : [`a ${status} needs the header ${name}`]
}

function invalidValueFaults(errors: unknown): string[] {
  if (!Array.isArray(errors) || errors.length === 0)
    return ['a 422 needs a list "errors" that says what is wrong']
  return errors.flatMap((error, i) => {
    const isText = (name: string) => typeof error?.[name] === 'string'
    const faults: string[] = []
    if (!locations.includes(error?.location))
      faults.push(`errors/${i}/location is none of ${locations.join(', ')}`)
    if (!isText('pointer') && !isText('name')) faults.push(`errors/${i} has neither pointer nor name`)
    if (!isText('code')) faults.push(`errors/${i} has no code`)
    if (!isText('message')) faults.push(`errors/${i} has no message`)
    return faults
  })
}
