import { leaks } from './contract/leaks.ts'
import { type Answer, mediaTypeOf, type Person } from './exchange.ts'
import { fieldsOf, pageFaults, problemFaults, securityHeaders } from './faults-of.ts'
import type { Operation } from './operations.ts'
import { aTime } from './rules.ts'
import { claimsIn } from './tokens.ts'

/** Something that holds for every answer of a run, whichever check it was for. */
export interface Observer {
  title: string
  requirement: string
  /** What is wrong with this answer to a call of `operation`; undefined where the server has none such. */
  faults(answer: Answer, people: readonly Person[], operation: Operation | undefined): string[]
}

const saneId = /^[A-Za-z0-9._-]{1,128}$/
const isDocument = ({ path }: Answer) => path.startsWith('/openapi.')
const isSuccess = ({ status }: Answer) => status >= 200 && status < 300

/** Whether the answer is one that gives tokens to whom they belong. */
function opensSession(answer: Answer, operation: Operation | undefined): boolean {
  return isSuccess(answer) && ['registerUser', 'createToken', 'refreshToken'].includes(operation?.id ?? '')
}

export const observers: readonly Observer[] = [
  {
    title: 'Every answer carries an X-Request-Id: the one that was sent if it was a sane one, else a new one',
    requirement: 'every response',
    faults({ headers, requestHeaders }) {
      const [sent, came] = [requestHeaders.get('x-request-id'), headers.get('x-request-id')]
      if (came === null) return ['the header X-Request-Id is missing']
      if (!saneId.test(came)) return ['the header X-Request-Id is not 1 to 128 letters, digits and ._-']
      return sent !== null && saneId.test(sent) && came !== sent
        ? ['the X-Request-Id that was sent was not kept']
        : []
    },
  },
  {
    title: 'Every answer carries the security headers',
    requirement: 'every response',
    faults: ({ headers }) =>
      securityHeaders.flatMap(([name, pattern]) =>
        pattern.test(headers.get(name) ?? '')
          ? []
          : [`the header ${name} is ${headers.get(name) ?? 'missing'}`],
      ),
  },
  {
    title: 'What only some may see is not kept by caches (Cache-Control: no-store)',
    requirement: 'every response',
    faults({ headers, requestHeaders, method }, _people, operation) {
      const isPrivate =
        requestHeaders.has('authorization') || requestHeaders.has('cookie') || method === 'POST'
      const isPublic = ['open', undefined].includes(operation?.guard) && method !== 'POST'
      const value = headers.get('cache-control')
      const isKept = !value?.split(',').some((directive) => directive.trim() === 'no-store')
      return isPrivate && !isPublic && isKept ? [`Cache-Control is ${value}`] : []
    },
  },
  {
    title: 'Nothing that a client sends is answered with a 500',
    requirement: 'never',
    faults: ({ status, json }) => (status >= 500 ? [`the status is ${status} (${json?.code})`] : []),
  },
  {
    title: 'Every error is a problem with the fields of RFC 9457, the code and the request id',
    requirement: 'errors',
    faults: (answer) => (answer.status >= 400 && answer.method !== 'HEAD' ? problemFaults(answer) : []),
  },
  {
    title: 'Every 401 carries WWW-Authenticate, every 405 Allow, every 429 and 503 Retry-After',
    requirement: 'which status',
    faults({ status, headers }) {
      const name = { 401: 'WWW-Authenticate', 405: 'Allow', 429: 'Retry-After', 503: 'Retry-After' }[status]
      return name === undefined || headers.get(name) ? [] : [`the ${status} has no header ${name}`]
    },
  },
  {
    title: 'No answer gives away a password, a hash, a stack or what the database says',
    requirement: 'never',
    faults(answer, people) {
      const { headers, text } = answer
      if (isDocument(answer)) return leaks(headers, '')
      const said = people.filter(({ password }) => text.includes(password))
      return [
        ...leaks(headers, text),
        ...said.map(({ name }) => `it contains the password of ${name}`),
        ...fieldsOf(answer.json)
          .filter(([key]) => /hash|secret|^password$/i.test(key))
          .map(([key]) => `it has a field ${key}`),
      ]
    },
  },
  {
    title: 'Nobody but admins sees the e-mail address of another',
    requirement: 'Operations',
    faults(answer, people, operation) {
      const { text, requestBody, path, requestHeaders } = answer
      if (opensSession(answer, operation)) return []
      // An API token says nothing of its user.
      const { sub, role } = claimsIn([...requestHeaders.values()].join(' ')) ?? { sub: answer.as?.id }
      const isSent = ({ email }: Person) =>
        `${requestBody} ${path}`.toLowerCase().includes(email.toLowerCase())
      return people
        .filter(
          (person) => role !== 'admin' && person.id !== sub && text.includes(person.email) && !isSent(person),
        )
        .map(({ name }) => `it contains the address of ${name}`)
    },
  },
  {
    title: 'Tokens are given by registering, logging in and refreshing alone',
    requirement: 'Tokens and sessions',
    faults(answer, _people, operation) {
      const { text, headers } = answer
      if (opensSession(answer, operation) || isDocument(answer)) return []
      return claimsIn(`${text} ${[...headers.values()].join(' ')}`) ? ['it contains a token'] : []
    },
  },
  {
    title: 'Every time is written in RFC 3339, in UTC and with milliseconds',
    requirement: 'time',
    faults: (answer) =>
      isDocument(answer)
        ? []
        : fieldsOf(answer.json)
            .filter(([key, value]) => /(^|_)at$/.test(key) && value !== null && !aTime.test(value))
            .map(([key, value]) => `${key} is ${JSON.stringify(value)}`),
  },
  {
    title: 'Every key is in snake_case',
    requirement: 'JSON',
    faults: (answer) =>
      isDocument(answer) || answer.path.startsWith('/.well-known')
        ? []
        : fieldsOf(answer.json)
            .filter(([key]) => !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(key))
            .map(([key]) => `there is a field ${key}`),
  },
  {
    title: 'Every page of a list has items, next_cursor and, if there is more, a Link to the next page',
    requirement: 'lists',
    faults: (answer) =>
      answer.method === 'GET' &&
      answer.status === 200 &&
      !answer.path.startsWith('/problems') && // a list that is always whole
      Array.isArray(answer.json?.items)
        ? pageFaults(answer)
        : [],
  },
  {
    title: 'Every success has the status and the media type of its operation',
    requirement: 'Operations',
    faults(answer, _people, operation) {
      // Of an added operation only the document knows them, and every answer is compared with that.
      if (!operation || operation.isAdded || !isSuccess(answer)) return []
      const type = mediaTypeOf(answer.headers)
      return [
        ...(answer.status === operation.success
          ? []
          : [`${operation.id} answered ${answer.status}, not ${operation.success}`]),
        ...((
          operation.produces.length === 0
            ? answer.bytes.length === 0 && type === undefined
            : operation.produces.includes(type ?? '')
        )
          ? []
          : [`${operation.id} answered with the media type ${type ?? '(none)'}`]),
      ]
    },
  },
  {
    title: 'What can be changed carries a strong ETag',
    requirement: 'concurrency',
    faults(answer, _people, operation) {
      const tag = answer.headers.get('etag')
      const needsTag = operation?.hasTag && (isSuccess(answer) || answer.status === 304)
      if (tag === null) return needsTag ? ['the header ETag is missing'] : []
      return /^"[!#-~]+"$/.test(tag) ? [] : [`the ETag ${tag} is not a strong one`]
    },
  },
  {
    title: 'Every cookie is HttpOnly, SameSite=Lax and for the whole server, and none is set unasked',
    requirement: 'Security schemes',
    faults({ headers, path, requestHeaders }) {
      const isAskedFor = path.includes('carrier=cookie') || requestHeaders.has('cookie')
      return headers
        .getSetCookie()
        .flatMap((line) => [
          ...(isAskedFor ? [] : ['a cookie was set that nobody asked for']),
          ...['HttpOnly', 'SameSite=Lax', 'Path=/']
            .filter((part) => !line.split('; ').includes(part))
            .map((part) => `a cookie without ${part}`),
        ])
    },
  },
  {
    title: 'No answer opens itself to the pages of all origins',
    requirement: 'HEAD, OPTIONS',
    faults({ headers }) {
      const allowed = headers.get('access-control-allow-origin')
      return allowed === '*' || allowed?.endsWith('.example')
        ? [`Access-Control-Allow-Origin is ${allowed}`]
        : []
    },
  },
]
