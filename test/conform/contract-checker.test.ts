import { expect, test } from 'vitest'
import { coverageReport } from '../../packages/conform/src/contract/coverage.ts'
import {
  bytes,
  cors,
  exampleDocument,
  exchange,
  invalid,
  invalidAt,
  leak,
  notFound,
  post,
  problemExchange,
  userId,
  wrongValue,
} from '../support/contract/example.ts'
import { createContract, type Exchange } from '../support/contract.ts'

const contract = createContract(exampleDocument, { undocumented: ['/docs/', '/favicon.ico'] })
const createdHeaders = { etag: '"1"' }
const account = { id: userId, email: 'a@example.com' }
const html = { 'content-type': 'text/html' }

const accepted: Record<string, Exchange> = {
  'a list of posts': exchange('GET /posts?limit=1', 200, [post, { ...post, parent: post }]),
  'null where the union allows it': exchange('GET /posts/1', 200, { ...post, author: null }),
  'a media type with parameters': exchange('GET /posts', 200, [], {
    'content-type': 'application/json; charset=UTF-8',
  }),
  'a body of bytes': bytes(new TextEncoder().encode('[]')),
  'properties of both parts of an allOf': exchange('GET /users/me', 200, account),
  'either branch of a oneOf': exchange('GET /shapes', 200, { kind: 'disc', radius: 1 }),
  'a status within a declared range': exchange('GET /shapes', 206, { kind: 'dot' }),
  'declared headers': exchange('POST /posts', 201, post, { ...createdHeaders, 'x-size': '3' }),
  'headers of HTTP itself': exchange('GET /posts', 200, [], {
    date: 'now',
    vary: 'Origin',
    'content-length': '2',
  }),
  'CORS headers for a request with an Origin': cors({ origin: 'https://a.example' }),
  'no body with 204': exchange('DELETE /posts/1', 204, ''),
  'no body with 304': exchange('GET /posts/1', 304, ''),
  'HEAD like GET without a body': {
    ...exchange('HEAD /posts/1', 200, ''),
    headers: exchange('GET /', 200, 1).headers,
  },
  'plain text': exchange('GET /text', 200, '# one', { 'content-type': 'text/plain' }),
  'an OPTIONS request': exchange('OPTIONS /posts', 204, ''),
  'a problem': problemExchange('GET /posts', 401, 'auth.token', { 'www-authenticate': 'Bearer' }),
  'a 422 with its errors': invalid({ errors: [wrongValue] }),
  '404 for an undocumented path': notFound(),
  '405 with the methods of the path': problemExchange('PUT /posts', 405, 'route.method', {
    allow: 'GET, HEAD, POST',
  }),
  '400 for a path that cannot be decoded': problemExchange('GET /%ff', 400, 'route.not_found'),
  'a path below a listed folder': exchange('GET /docs/a.js', 200, 'code', {
    'content-type': 'text/javascript',
  }),
  'a listed path': exchange('GET /favicon.ico', 200, 'icon', { 'cache-control': 'public' }),
}

const refused: Record<string, [Exchange, string]> = {
  'an undeclared status': [exchange('GET /posts', 201, []), 'listPosts does not declare status 201'],
  'an undeclared media type': [exchange('GET /posts', 200, '[]', html), 'text/html is not declared'],
  'no media type': [exchange('GET /posts', 200, ''), 'Content-Type is missing'],
  'invalid JSON': [exchange('GET /posts', 200, '[1,]'), 'not JSON'],
  'invalid UTF-8': [bytes(Uint8Array.of(0x22, 0xff, 0x22)), 'UTF-8'],
  'a byte order mark': [bytes(new TextEncoder().encode('\ufeff[]')), 'not JSON'],
  'a wrong type': [exchange('GET /posts', 200, [{ ...post, id: '1' }]), '/0/id must be integer'],
  'a wrong format': [exchange('GET /users/1', 200, { id: '1' }), '/id must match format "uuid"'],
  'a missing property': [exchange('GET /posts/1', 200, { id: 1 }), "must have required property 'author'"],
  'an undeclared property': [
    exchange('GET /posts/1', 200, { ...post, x: 1 }),
    '(the whole) has an undeclared property "x"',
  ],
  'an undeclared property in a list': [
    exchange('GET /posts', 200, [{ ...post, tags: [{ x: 1 }] }]),
    '/0/tags/0 has an undeclared property "x"',
  ],
  'an undeclared property in a union': [
    exchange('GET /posts/1', 200, { id: 1, author: { id: userId, email: '' } }),
    '/author has an undeclared property "email"',
  ],
  'an undeclared property in a recursion': [
    exchange('GET /posts/1', 200, { ...post, parent: { ...post, x: 1 } }),
    '/parent has an undeclared property "x"',
  ],
  'an undeclared property beside an allOf': [
    exchange('GET /users/me', 200, { ...account, x: 1 }),
    '(the whole) has an undeclared property "x"',
  ],
  'a property of the other branch': [
    exchange('GET /shapes', 200, { kind: 'dot', radius: 1 }),
    'undeclared property "radius"',
  ],
  'a wrong extra property': [
    exchange('GET /posts/1', 200, { ...post, counts: { any: 'x' } }),
    '/counts/any must be integer',
  ],
  'the response of another operation': [
    exchange('GET /users/me', 200, { id: userId }),
    "required property 'email'",
  ],
  'text that does not match its pattern': [
    exchange('GET /text', 200, 'one', { 'content-type': 'text/plain' }),
    'must match pattern',
  ],
  'a body with 204': [exchange('DELETE /posts/1', 204, 'x'), 'has a body and must not'],
  'a body with 304': [exchange('GET /posts/1', 304, post), 'has a body and must not'],
  'a media type with 204': [
    exchange('DELETE /posts/1', 204, '', html),
    'no content is declared, but Content-Type is text/html',
  ],
  'a body with HEAD': [exchange('HEAD /posts/1', 200, post), 'has a body and must not'],
  'a required header missing': [exchange('POST /posts', 201, post), 'the required header etag is missing'],
  'a header with the wrong format': [
    exchange('POST /posts', 201, post, { etag: '1' }),
    'header etag: 1: (the whole) must match pattern',
  ],
  'a header that is not an integer': [
    exchange('POST /posts', 201, post, { ...createdHeaders, 'x-size': 'big' }),
    'header x-size: big: (the whole) must be integer',
  ],
  'a header that is too small': [
    exchange('POST /posts', 201, post, { ...createdHeaders, 'x-size': '0' }),
    'must be >= 1',
  ],
  'an undeclared header': [
    exchange('GET /posts', 200, [], { 'x-powered-by': 'Hono' }),
    'the header x-powered-by is not declared',
  ],
  'CORS headers without an Origin': [cors({}), 'the header access-control-allow-origin is not declared'],
  'Allow where it has no meaning': [
    exchange('GET /posts', 200, [], { allow: 'GET' }),
    'the header allow is not declared',
  ],
  'no request id': [
    { ...exchange('GET /posts', 200, '[]'), headers: new Headers({ 'content-type': 'application/json' }) },
    'X-Request-Id is missing',
  ],
  'an undocumented response': [
    exchange('GET /nothing', 200, {}),
    'no such operation: the status should be 404',
  ],
  'a 404 that is not a problem': [
    exchange('GET /nothing', 404, 'Not Found', html),
    'should be application/problem+json, not text/html',
  ],
  'a 404 that does not match the schema': [notFound({ x: 1 }), 'undeclared property "x"'],
  'a 404 with an undeclared header': [notFound({}, { server: 'x' }), 'the header server is not declared'],
  '404 for a wrong method': [
    problemExchange('PUT /posts', 404, 'route.not_found'),
    'the status should be 405',
  ],
  '405 without Allow': [problemExchange('PUT /posts', 405, 'route.method'), 'a 405 needs the header Allow'],
  'Allow with a missing method': [
    problemExchange('PUT /posts', 405, 'route.method', { allow: 'GET' }),
    'Allow does not list POST',
  ],
  'Allow with a wrong method': [
    problemExchange('PUT /posts', 405, 'route.method', { allow: 'GET, POST, PUT' }),
    'Allow lists PUT',
  ],
  'an OPTIONS response with a body': [exchange('OPTIONS /posts', 204, 'x'), 'has a body and must not'],
  'a path that only begins like a listed one': [
    exchange('GET /docsearch', 200, 'x', html),
    'the status should be 404',
  ],
  'a problem with another status': [notFound({ status: 400 }), 'says status 400'],
  'a problem with another type': [
    notFound({ type: 'about:blank' }),
    'does not end with /problems/route.not_found',
  ],
  'a problem with an unknown code': [
    problemExchange('GET /nothing', 404, 'route.gone'),
    '/code must be equal to one of the allowed values: route.not_found',
  ],
  'a problem with another request id': [
    notFound({ request_id: 'r-2' }),
    'request_id r-2 is not the X-Request-Id r-1',
  ],
  'a wrong problem below a listed path': [
    problemExchange('GET /docs/x', 404, 'route.not_found', {}, { status: 1 }),
    'says status 1',
  ],
  '401 without WWW-Authenticate': [
    problemExchange('GET /posts', 401, 'auth.token'),
    'a 401 needs the header WWW-Authenticate',
  ],
  '503 without Retry-After': [
    problemExchange('GET /posts', 503, 'service.down'),
    'a 503 needs the header Retry-After',
  ],
  '429 without Retry-After': [
    problemExchange('GET /posts', 429, 'service.down'),
    'a 429 needs the header Retry-After',
  ],
  '422 without errors': [invalid({}), 'a 422 needs a list "errors"'],
  '422 with no errors': [invalid({ errors: [] }), 'a 422 needs a list "errors"'],
  '422 with an unknown location': [invalidAt({ location: 'soul' }), 'errors/0/location is none of body'],
  '422 without pointer and name': [
    invalidAt({ pointer: undefined }),
    'errors/0 has neither pointer nor name',
  ],
  '422 without a code': [invalidAt({ code: undefined }), 'errors/0 has no code'],
  '422 without a message': [invalidAt({ message: undefined }), 'errors/0 has no message'],
  'a password hash': [leak('$2b$12$abcdefghijklmnopqrstuv'), 'a bcrypt hash'],
  'the name of a secret column': [leak('column password_hash'), 'the name password_hash'],
  'a stack trace': [leak('    at handler (file:///app/src/app.ts:12:3)'), 'a line of a stack'],
  'a message of the database': [
    leak('duplicate key value violates unique constraint "users_pkey"'),
    'a message of the database',
  ],
  'a secret in a header': [
    exchange('GET /posts', 200, [], { 'x-debug': 'SQLSTATE 23505' }),
    'a message of the database',
  ],
}

for (const [name, response] of Object.entries(accepted)) {
  test(`The checker accepts ${name}`, () => contract.check(response))
}

for (const [name, [response, fault]] of Object.entries(refused)) {
  test(`The checker refuses ${name}`, () => {
    expect(() => contract.check(response)).toThrow(fault)
  })
}

test('A refusal names the request, all faults and the beginning of the body', () => {
  const long = { ...post, x: 'x'.repeat(1000) }
  expect(() => contract.check(exchange('GET /posts/1?a=b', 200, long, { server: 'x' }))).toThrow(
    /^GET \/posts\/1\?a=b responded 200 .*\n {2}- .*"x"\n {2}- .*server.*\n\{"id":1.{500,600}… \(\d+ characters\)$/s,
  )
})

test('The report shows which documented statuses were seen', () => {
  const fresh = createContract(exampleDocument)
  fresh.check(exchange('GET /posts', 200, []))
  fresh.check(exchange('GET /shapes', 200, { kind: 'dot' }))
  expect(() => fresh.check(exchange('DELETE /posts/1', 204, 'x'))).toThrow()
  expect(fresh.seen().get('listPosts')).toEqual(new Set([200]))
  const other = createContract(exampleDocument)
  other.check(exchange('GET /users/me', 200, account))
  const report = coverageReport([fresh.coverage(), other.coverage()])
  expect(fresh.report()).toContain('2 of 12 documented statuses seen')
  expect(report).toMatch(/^listPosts +200 \[401\] \[422\] \[503\]$/m)
  expect(report).toMatch(/^deletePost +\[204\]$/m)
  expect(report).toMatch(/^getMe +200$/m)
  expect(report).toContain('3 of 12 documented statuses seen')
})

test('A document with a broken reference is refused', () => {
  const paths = { '/': { get: { responses: { 200: { $ref: '#/components/responses/None' } } } } }
  expect(() => createContract({ paths })).toThrow('#/components/responses/None')
})
