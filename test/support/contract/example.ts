import type { Exchange } from '../../../packages/conform/src/contract/exchange.ts'

/** A small document with one example of everything that the contract checker checks. */

const commonHeaders = { 'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' } }
const json = (schema: object) => ({ 'application/json': { schema } })
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const response = (schema: object, headers = {}) => ({
  description: '',
  headers: { ...commonHeaders, ...headers },
  content: json(schema),
})
const problem = {
  description: '',
  headers: { ...commonHeaders, 'WWW-Authenticate': {}, 'Retry-After': {} },
  content: { 'application/problem+json': { schema: ref('Problem') } },
}

export const exampleDocument = {
  openapi: '3.1.0',
  info: { title: 'Example', version: '1' },
  paths: {
    '/posts': {
      get: {
        operationId: 'listPosts',
        responses: {
          200: response({ type: 'array', items: ref('Post') }),
          401: problem,
          422: problem,
          503: problem,
        },
      },
      post: {
        operationId: 'createPost',
        responses: {
          201: response(ref('Post'), {
            ETag: { required: true, schema: { type: 'string', pattern: '^".+"$' } },
            'X-Size': { schema: { $ref: '#/components/schemas/Size' } },
          }),
        },
      },
    },
    '/posts/{id}': {
      get: {
        operationId: 'getPost',
        responses: { 200: response(ref('Post')), 304: { description: '', headers: commonHeaders } },
      },
      delete: { operationId: 'deletePost', responses: { 204: { description: '', headers: commonHeaders } } },
    },
    '/users/{id}': { get: { operationId: 'getUser', responses: { 200: response(ref('User')) } } },
    '/users/me': { get: { operationId: 'getMe', responses: { 200: response(ref('Account')) } } },
    '/shapes': { get: { operationId: 'getShape', responses: { '2XX': response(ref('Shape')) } } },
    '/text': {
      get: {
        operationId: 'getText',
        responses: {
          200: {
            description: '',
            headers: commonHeaders,
            content: { 'text/plain': { schema: { type: 'string', pattern: '^#' } } },
          },
        },
      },
    },
  },
  components: {
    headers: { 'X-Request-Id': { required: true, schema: { type: 'string', pattern: '^[a-z0-9-]+$' } } },
    schemas: {
      Size: { type: 'integer', minimum: 1 },
      User: { type: 'object', properties: { id: { type: 'string', format: 'uuid' } }, required: ['id'] },
      Account: {
        allOf: [
          ref('User'),
          { type: 'object', properties: { email: { type: 'string', format: 'email' } }, required: ['email'] },
        ],
      },
      Post: {
        type: 'object',
        properties: {
          id: { type: 'integer' },
          author: { anyOf: [ref('User'), { type: 'null' }] },
          tags: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } },
          counts: { type: 'object', additionalProperties: { type: 'integer' } },
          parent: ref('Post'),
        },
        required: ['id', 'author'],
      },
      Shape: {
        oneOf: [
          { type: 'object', properties: { kind: { const: 'dot' } }, required: ['kind'] },
          {
            type: 'object',
            properties: { kind: { const: 'disc' }, radius: { type: 'number' } },
            required: ['kind', 'radius'],
          },
        ],
      },
      Problem: {
        type: 'object',
        properties: {
          type: { type: 'string' },
          status: { type: 'integer' },
          code: {
            enum: ['route.not_found', 'route.method', 'auth.token', 'request.invalid', 'service.down'],
          },
          request_id: { type: 'string' },
          errors: { type: 'array', items: { type: 'object', additionalProperties: {} } },
        },
        required: ['type', 'status', 'code', 'request_id'],
      },
    },
  },
}

export const userId = '0198c1d2-7f5a-7f0e-9d57-0b8a53f3a6f1'
export const post = { id: 1, author: { id: userId }, tags: [{ name: 'a' }], counts: { any: 1 } }

/** A response to `METHOD /path` with a JSON body, or with text unchanged. */
export function exchange(
  request: string,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
  requestHeaders: Record<string, string> = {},
): Exchange {
  const [method = '', path = ''] = request.split(' ')
  return {
    method,
    path,
    status,
    headers: new Headers({
      'x-request-id': 'r-1',
      ...(body !== '' && { 'content-type': 'application/json' }),
      ...headers,
    }),
    body: typeof body === 'string' ? body : JSON.stringify(body),
    requestHeaders: new Headers(requestHeaders),
  }
}

/** A correct problem with this status and code; `changes` make it wrong. */
export function problemExchange(
  request: string,
  status: number,
  code: string,
  headers: Record<string, string> = {},
  changes: object = {},
): Exchange {
  const body = { type: `https://example.com/problems/${code}`, status, code, request_id: 'r-1', ...changes }
  return exchange(request, status, body, { 'content-type': 'application/problem+json', ...headers })
}

export const wrongValue = { location: 'body', pointer: '/title', code: 'required', message: 'Is required.' }

export const notFound = (changes: object = {}, headers: Record<string, string> = {}) =>
  problemExchange('GET /nothing', 404, 'route.not_found', headers, changes)

export const invalid = (changes: object) => problemExchange('GET /posts', 422, 'request.invalid', {}, changes)

export const invalidAt = (change: object) => invalid({ errors: [{ ...wrongValue, ...change }] })

/** A list of posts as bytes. */
export const bytes = (body: Uint8Array): Exchange => ({ ...exchange('GET /posts', 200, []), body })

export const cors = (requestHeaders: Record<string, string>) =>
  exchange('GET /posts', 200, [], { 'access-control-allow-origin': '*' }, requestHeaders)

/** A declared response whose text contains a secret. */
export const leak = (text: string) =>
  exchange('GET /text', 200, `# ${text}`, { 'content-type': 'text/plain' })
