import { leaks } from './contract/leaks.ts'
import { mediaTypeOf, type Persona, type ReceivedResponse } from './exchange.ts'
import { fieldsOf, pageFaults, problemFaults, securityHeaders } from './faults-of.ts'
import type { Operation } from './operations.ts'
import { aTime } from './rules.ts'
import { claimsIn } from './tokens.ts'

/** A rule for every response of a run, whichever check made the request. */
export interface Observer {
  title: string
  requirement: string
  /** The faults of a response to a call of `operation`, which is undefined if the server has no such operation. */
  faults(response: ReceivedResponse, personas: readonly Persona[], operation: Operation | undefined): string[]
}

const saneId = /^[A-Za-z0-9._-]{1,128}$/
const isDocument = ({ path }: ReceivedResponse) => path.startsWith('/openapi.')
const isSuccess = ({ status }: ReceivedResponse) => status >= 200 && status < 300

/** Whether the response is one that returns tokens to their owner. */
function opensSession(response: ReceivedResponse, operation: Operation | undefined): boolean {
  return isSuccess(response) && ['registerUser', 'createToken', 'refreshToken'].includes(operation?.id ?? '')
}

export const observers: readonly Observer[] = [
  {
    title: 'Every response has an X-Request-Id: the valid one of the request, otherwise a new one',
    requirement: 'every response',
    faults({ headers, requestHeaders }) {
      const [sent, actual] = [requestHeaders.get('x-request-id'), headers.get('x-request-id')]
      if (actual === null) return ['the header X-Request-Id is missing']
      if (!saneId.test(actual)) return ['the header X-Request-Id is not 1 to 128 letters, digits and ._-']
      return sent !== null && saneId.test(sent) && actual !== sent
        ? ['the X-Request-Id that was sent was not kept']
        : []
    },
  },
  {
    title: 'Every response has the security headers',
    requirement: 'every response',
    faults: ({ headers }) =>
      securityHeaders.flatMap(([name, pattern]) =>
        pattern.test(headers.get(name) ?? '')
          ? []
          : [`the header ${name} is ${headers.get(name) ?? 'missing'}`],
      ),
  },
  {
    title: 'Responses that not everyone may see are not cached (Cache-Control: no-store)',
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
    title: 'No request is answered with a 500',
    requirement: 'never',
    faults: ({ status, json }) => (status >= 500 ? [`the status is ${status} (${json?.code})`] : []),
  },
  {
    title: 'Every error is a problem with the fields of RFC 9457, the code and the request id',
    requirement: 'errors',
    faults: (response) =>
      response.status >= 400 && response.method !== 'HEAD' ? problemFaults(response) : [],
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
    title: 'No response contains a password, a hash, a stack or a message of the database',
    requirement: 'never',
    faults(response, personas) {
      const { headers, text } = response
      if (isDocument(response)) return leaks(headers, '')
      const said = personas.filter(({ password }) => text.includes(password))
      return [
        ...leaks(headers, text),
        ...said.map(({ name }) => `it contains the password of ${name}`),
        ...fieldsOf(response.json)
          .filter(([key]) => /hash|secret|^password$/i.test(key))
          .map(([key]) => `it has a field ${key}`),
      ]
    },
  },
  {
    title: 'Only admins see the e-mail address of another user',
    requirement: 'Operations',
    faults(response, personas, operation) {
      const { text, requestBody, path, requestHeaders } = response
      if (opensSession(response, operation)) return []
      // An API token is opaque, so its user is the persona that sent it.
      const { sub, role } = claimsIn([...requestHeaders.values()].join(' ')) ?? { sub: response.as?.id }
      const isSent = ({ email }: Persona) =>
        `${requestBody} ${path}`.toLowerCase().includes(email.toLowerCase())
      return personas
        .filter(
          (persona) =>
            role !== 'admin' && persona.id !== sub && text.includes(persona.email) && !isSent(persona),
        )
        .map(({ name }) => `it contains the address of ${name}`)
    },
  },
  {
    title: 'Only registration, log-in and refresh return tokens',
    requirement: 'Tokens and sessions',
    faults(response, _people, operation) {
      const { text, headers } = response
      if (opensSession(response, operation) || isDocument(response)) return []
      return claimsIn(`${text} ${[...headers.values()].join(' ')}`) ? ['it contains a token'] : []
    },
  },
  {
    title: 'Every time is written in RFC 3339, in UTC and with milliseconds',
    requirement: 'time',
    faults: (response) =>
      isDocument(response)
        ? []
        : fieldsOf(response.json)
            .filter(([key, value]) => /(^|_)at$/.test(key) && value !== null && !aTime.test(value))
            .map(([key, value]) => `${key} is ${JSON.stringify(value)}`),
  },
  {
    title: 'Every key is in snake_case',
    requirement: 'JSON',
    faults: (response) =>
      isDocument(response) || response.path.startsWith('/.well-known')
        ? []
        : fieldsOf(response.json)
            .filter(([key]) => !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(key))
            .map(([key]) => `there is a field ${key}`),
  },
  {
    title: 'Every page of a list has items, next_cursor and, if there is more, a Link to the next page',
    requirement: 'lists',
    faults: (response) =>
      response.method === 'GET' &&
      response.status === 200 &&
      !response.path.startsWith('/problems') && // this list has only one page
      Array.isArray(response.json?.items)
        ? pageFaults(response)
        : [],
  },
  {
    title: 'Every success has the status and the media type of its operation',
    requirement: 'Operations',
    faults(response, _people, operation) {
      // The contract does not contain added operations. Their responses are compared with the document elsewhere.
      if (!operation || operation.isAdded || !isSuccess(response)) return []
      const type = mediaTypeOf(response.headers)
      return [
        ...(response.status === operation.success
          ? []
          : [`${operation.id} responded ${response.status}, not ${operation.success}`]),
        ...((
          operation.produces.length === 0
            ? response.bytes.length === 0 && type === undefined
            : operation.produces.includes(type ?? '')
        )
          ? []
          : [`${operation.id} responded with the media type ${type ?? '(none)'}`]),
      ]
    },
  },
  {
    title: 'Every resource that can be changed has a strong ETag',
    requirement: 'concurrency',
    faults(response, _people, operation) {
      const tag = response.headers.get('etag')
      const needsTag = operation?.hasTag && (isSuccess(response) || response.status === 304)
      if (tag === null) return needsTag ? ['the header ETag is missing'] : []
      return /^"[!#-~]+"$/.test(tag) ? [] : [`the ETag ${tag} is not a strong one`]
    },
  },
  {
    title:
      'Every cookie is HttpOnly, SameSite=Lax and for the whole server, and no cookie is set without a request for it',
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
    title: 'No response allows pages of all origins to read it',
    requirement: 'HEAD, OPTIONS',
    faults({ headers }) {
      const allowed = headers.get('access-control-allow-origin')
      return allowed === '*' || allowed?.endsWith('.example')
        ? [`Access-Control-Allow-Origin is ${allowed}`]
        : []
    },
  },
]
