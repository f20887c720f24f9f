import { check, type Group, type Kit } from '../check.ts'
import { mediaTypeOf } from '../exchange.ts'
import { assert, hasHeader, hasStatus, isEmpty, isProblem, same } from '../expect.ts'
import { type Operation, operations, pathOf } from '../operations.ts'
import { bodyChecksOf } from './bodies.ts'
import { parameterChecksOf } from './parameters.ts'

/** Queries for lists that do not change between two requests. */
const unchanging: Record<string, string> = { listPosts: '?tag=conform-none', listUsers: '?q=conform-none' }
const foreign = { origin: 'https://elsewhere.example' }

export const conventions: Group = {
  name: 'conventions',
  about: 'what HTTP and the house rules ask of every operation',
  checks: [
    check('A valid X-Request-Id is kept, any other is replaced', 'every response', async (kit) => {
      for (const id of ['abc-123_X.y', 'a'.repeat(128)]) {
        hasHeader(await kit.get('/healthz', { headers: { 'x-request-id': id } }), 'x-request-id', id)
      }
      const seen = new Set<string | null>()
      for (const id of ['a b', 'a'.repeat(129), '<script>', 'ü', 'a,b']) {
        const response = await kit.get('/healthz', { headers: { 'x-request-id': id } })
        hasHeader(response, 'x-request-id', /^[A-Za-z0-9._-]{1,128}$/)
        seen.add(response.headers.get('x-request-id'))
      }
      assert(seen.size === 5, 'a new id for each request', [...seen])
    }),
    check('Problems carry the request id that was sent, and the path', 'errors', async (kit) => {
      const response = await kit.get('/conform-nowhere?q=secret', {
        headers: { 'x-request-id': 'conform-1' },
      })
      isProblem(response, 404, 'route.not_found')
      same(
        'request_id and instance',
        [response.json.request_id, response.json.instance],
        ['conform-1', '/conform-nowhere'],
        response,
      )
    }),
    check('An unknown path is 404', 'which status', async (kit) => {
      for (const path of ['/conform-nowhere', '/posts/1/2', '/users/me/x', '//posts', '/POSTS', '/posts/']) {
        isProblem(await kit.get(path), 404, 'route.not_found')
      }
      isProblem(await kit.post('/conform-nowhere', { json: {} }), 404, 'route.not_found')
    }),
    check('A wrong method is 405 with the right ones in Allow', 'which status', async (kit) => {
      for (const { operation, allowed } of addressesOf(kit)) {
        const wrong = ['PUT', 'DELETE', 'PATCH', 'POST', 'GET'].find((method) => !allowed.includes(method))
        // A path such as /users/{id} would match it and respond instead.
        if (!wrong || operation.path === '/users/me') continue
        const response = isProblem(
          await kit.request(pathOf(operation), { method: wrong }),
          405,
          'route.method_not_allowed',
        )
        same('Allow', listOf(response.headers.get('allow')), allowed, response)
      }
    }),
    check('OPTIONS tells the methods of an address, without a body', 'HEAD, OPTIONS', async (kit) => {
      for (const { operation, allowed } of addressesOf(kit)) {
        if (operation.path === '/users/me') continue
        const response = isEmpty(await kit.request(pathOf(operation), { method: 'OPTIONS' }), 204)
        same('Allow', listOf(response.headers.get('allow')), allowed, response)
      }
    }),
    check(
      'HEAD is supported wherever GET is, with the same status and headers',
      'HEAD, OPTIONS',
      async (kit) => {
        const hed = await kit.persona('hed')
        for (const operation of kit.operations.filter(({ method }) => method === 'GET')) {
          const as = operation.guard === 'open' ? undefined : hed
          const path = pathOf(operation) + (unchanging[operation.id] ?? '')
          const [get, head] = [await kit.get(path, { as }), await kit.request(path, { as, method: 'HEAD' })]
          isEmpty(head, get.status)
          for (const name of ['content-type', 'cache-control', 'etag', 'link', 'www-authenticate']) {
            same(`${name} of HEAD ${path}`, head.headers.get(name), get.headers.get(name), head)
          }
        }
      },
    ),
    check('A response to HEAD ends after its headers', 'HEAD, OPTIONS', async (kit) => {
      const { host } = new URL(kit.origin)
      for (const path of ['/healthz', '/posts', '/docs', '/users/me', '/conform-nowhere']) {
        const response = await kit.raw(`HEAD ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
        same(`what follows the headers of HEAD ${path}`, response.rest, '')
      }
    }),
    check('Pages of other origins may neither read nor preflight', 'HEAD, OPTIONS', async (kit) => {
      const preflight = { ...foreign, 'access-control-request-method': 'POST' }
      const all = [
        await kit.get('/posts', { headers: foreign }),
        await kit.get('/users/me', { headers: { origin: 'null' } }),
        await kit.request('/posts', { method: 'OPTIONS', headers: preflight }),
      ]
      for (const response of all) {
        same(
          'Access-Control-Allow-Origin',
          response.headers.get('access-control-allow-origin'),
          null,
          response,
        )
        same(
          'Access-Control-Allow-Credentials',
          response.headers.get('access-control-allow-credentials'),
          null,
          response,
        )
      }
    }),
    check('Percent-encoding that is not UTF-8 is 400', 'which status', async (kit) => {
      const as = await kit.persona('ada')
      for (const path of [
        '/posts/%ZZ',
        '/posts?q=%',
        '/posts?q=%FF',
        '/conform/%C3%28',
        '/healthz?%E0%A4%A',
      ]) {
        isProblem(await kit.get(path, { as }), 400, 'request.malformed')
      }
    }),
    check(
      'A media type that the operation does not produce is refused with 406',
      'which status',
      async (kit) => {
        const as = await kit.persona('ada')
        for (const accept of ['application/xml', 'application/json;q=0', 'image/*', 'nonsense']) {
          for (const path of ['/posts?limit=1', '/users/me', '/healthz', '/openapi.json']) {
            isProblem(await kit.get(path, { headers: { accept }, as }), 406, 'request.not_acceptable')
          }
          isProblem(
            await kit.post('/posts', { as, headers: { accept }, json: { title: 'T', body: 'B' } }),
            406,
            'request.not_acceptable',
          )
        }
      },
    ),
    check('Accept headers that allow JSON get JSON', 'which status', async (kit) => {
      for (const accept of [
        '*/*',
        'application/*',
        'text/html, */*;q=0.1',
        'application/json;q=0.5, text/html',
      ]) {
        const response = hasStatus(await kit.get('/posts?limit=1', { headers: { accept } }), 200)
        same('the media type', mediaTypeOf(response.headers), 'application/json', response)
      }
    }),
    check('A body larger than the limit is refused with 413', 'which status', async (kit) => {
      const as = await kit.persona('ada')
      const large = await kit.post('/posts', { as, json: { title: 'T', body: 'x'.repeat(1_100_000) } })
      // A server may accept up to 64 MiB. This request declares more, but does not send it.
      if (large.status !== 422) return void isProblem(large, 413, 'request.too_large')
      const { host } = new URL(kit.origin)
      const token = await as.freshToken(kit.request)
      const response = await kit.raw(
        `POST /posts HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${token}\r\nContent-Type: application/json\r\nContent-Length: 629145600\r\nConnection: close\r\n\r\n{`,
      )
      same('the status for 600 MiB', response.status, 413)
    }),
    ...bodyChecksOf(operations),
    ...parameterChecksOf(operations),
  ],
}

/** One operation of each address, with the methods that the address takes. */
function addressesOf({ operations }: Kit): { operation: Operation; allowed: string[] }[] {
  const byPath = new Map(operations.map((operation) => [operation.path, operation]))
  return [...byPath.values()].map((operation) => {
    const methods = operations.filter(({ path }) => path === operation.path).map(({ method }) => method)
    const allowed = [...methods, 'OPTIONS', ...(methods.includes('GET') ? ['HEAD'] : [])].sort()
    return { operation, allowed }
  })
}

function listOf(header: string | null): string[] {
  return (header ?? '')
    .split(',')
    .map((part) => part.trim())
    .sort()
}
