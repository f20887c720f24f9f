import { describe, expect, test } from 'vitest'
import { openApi } from '../support/api.ts'
import { newUser } from '../support/people.ts'

const api = await openApi()
const { token } = await newUser(api)
const authorization = `Bearer ${token}`
const json = { 'content-type': 'application/json', authorization }
const good = JSON.stringify({ title: 'T', body: 'B' })

describe('the body of a request', () => {
  test.each([
    ['half an object', '{"title": "T"', 400, 'request.malformed_json'],
    ['single quotes', "{'title': 'T'}", 400, 'request.malformed_json'],
    ['two values', '{} {}', 400, 'request.malformed_json'],
    ['NaN', '{"title": NaN}', 400, 'request.malformed_json'],
    ['only blanks', '   ', 400, 'request.malformed_json'],
    ['an array', '[]', 422, 'request.invalid'],
    ['null', 'null', 422, 'request.invalid'],
    ['a text', '"text"', 422, 'request.invalid'],
    ['a deep nest', '['.repeat(100_000) + ']'.repeat(100_000), 422, 'request.invalid'],
    ['__proto__', '{"title": "T", "body": "B", "__proto__": {"role": "admin"}}', 422, 'request.invalid'],
    ['constructor', '{"title": "T", "body": "B", "constructor": {}}', 422, 'request.invalid'],
    [
      'ten thousand unknown fields',
      JSON.stringify(Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [n, n]))),
      422,
      'request.invalid',
    ],
  ])('A body with %s is refused', async (_what, rawBody, status, code) => {
    const response = await api.post('/posts', { headers: json, rawBody })
    expect([response.status, response.json.code]).toEqual([status, code])
    expect(response.text.length).toBeLessThan(10_000)
  })

  test('A body that is not UTF-8 is 400', async () => {
    const rawBody = new Uint8Array([
      ...new TextEncoder().encode('{"title": "'),
      0xff,
      ...new TextEncoder().encode('"}'),
    ])
    const response = await api.post('/posts', { headers: json, rawBody })
    expect([response.status, response.json.code]).toEqual([400, 'request.malformed_json'])
  })

  test('A missing body is 400, with or without a Content-Type', async () => {
    for (const headers of [{ authorization }, json]) {
      const response = await api.post('/posts', { headers })
      expect([response.status, response.json.code]).toEqual([400, 'request.body_missing'])
    }
  })

  test.each([
    ['none', undefined],
    ['text/plain', 'text/plain'],
    ['a form', 'application/x-www-form-urlencoded'],
    ['another charset', 'application/json; charset=utf-16'],
    ['a parameter without a value', 'application/json; utf-8'],
    ['a text that does not end', 'application/json; profile="x'],
    ['two charsets, of which one is another', 'application/json; charset=utf-8; charset=latin1'],
    ['another kind of JSON', 'application/vnd.api+json'],
    ['nonsense', ';;;'],
  ])('A body with the Content-Type “%s” is 415', async (_what, type) => {
    const headers: Record<string, string> =
      type === undefined ? { authorization } : { authorization, 'content-type': type }
    const response = await api.post('/posts', { headers, rawBody: good })
    expect([response.status, response.json.code]).toEqual([415, 'request.unsupported_media_type'])
  })

  test.each([
    'application/json; charset=UTF-8',
    'APPLICATION/JSON',
    'application/json;charset="utf-8"',
    'application/json;',
    'application/json ; charset=utf-8',
    'application/json; profile="a;b\\"; charset=latin1"; charset=utf8',
  ])('A body with Content-Type %s is accepted', async (type) => {
    const response = await api.post('/posts', {
      headers: { authorization, 'content-type': type },
      rawBody: good,
    })
    expect(response.status).toBe(201)
  })

  test('A body with a Content-Encoding is 415', async () => {
    const response = await api.post('/posts', {
      headers: { ...json, 'content-encoding': 'gzip' },
      rawBody: good,
    })
    expect(response.status).toBe(415)
  })

  test('A body over the limit is 413, whether its length is known or not', async () => {
    const rawBody = new TextEncoder().encode(JSON.stringify({ title: 'T', body: 'x'.repeat(1_100_000) }))
    const known = await api.post('/posts', { headers: json, rawBody })
    expect([known.status, known.json.code]).toEqual([413, 'request.too_large'])
  })

  test('A body that arrives in chunks is read completely', async () => {
    if (!api.url) return expect(api.target).toBe('in-process') // in-process requests are always streams
    const pieces = [good.slice(0, 5), good.slice(5)].map((piece) => new TextEncoder().encode(piece))
    const send = (chunks: Uint8Array[]) =>
      fetch(`${api.url}/posts`, {
        method: 'POST',
        headers: json,
        body: new ReadableStream({
          pull(controller) {
            const chunk = chunks.shift()
            if (chunk) controller.enqueue(chunk)
            else controller.close()
          },
        }),
        duplex: 'half',
      } as RequestInit)
    expect((await send(pieces)).status).toBe(201)
    expect((await send(Array.from({ length: 40 }, () => new Uint8Array(64 * 1024).fill(32)))).status).toBe(
      413,
    )
  })
})

describe('text that is slow to normalise', () => {
  const marks = (length: number) => `a${'\u0300\u0316'.repeat(length / 2)}`

  test('Text with too many combining marks is refused at once, at any length', async () => {
    const startedAt = performance.now()
    const responses = [
      await api.post('/auth/token', { json: { username: 'ada', password: marks(400_000) } }),
      await api.post('/users', {
        json: { username: marks(400_000), email: marks(100_000), password: marks(900) },
      }),
      await api.post('/posts', {
        headers: json,
        rawBody: JSON.stringify({ title: 'T', body: marks(99_998) }),
      }),
      await api.post('/posts', { headers: json, rawBody: JSON.stringify({ title: marks(32), body: 'B' }) }),
    ]
    expect(responses.map((response) => response.status)).toEqual([422, 422, 422, 422])
    expect(performance.now() - startedAt).toBeLessThan(8000) // without the check it took minutes
  })

  test('Text is accepted with as many combining marks as languages need', async () => {
    const rawBody = JSON.stringify({ title: marks(30), body: 'नमस्ते ถ้ำ' })
    expect((await api.post('/posts', { headers: json, rawBody })).status).toBe(201)
  })
})

describe('paths and methods', () => {
  test.each(['/posts/%ZZ', '/posts?q=%', '/posts?q=%FF', '/nowhere/%C3%28', '/healthz?%E0%A4%A'])(
    'Bad percent-encoding (%s) is 400',
    async (path) => {
      const response = await api.get(path, { headers: { authorization } })
      expect([response.status, response.json.code]).toEqual([400, 'request.malformed'])
    },
  )

  test.each([
    '/nowhere',
    '/posts/1/2',
    '/users/me/x',
    '//posts',
    '/POSTS',
    '/problem',
    '/docs/../etc/passwd',
  ])('A path that no route serves (%s) is 404', async (path) => {
    const response = await api.get(path)
    expect([response.status, response.json.code]).toEqual([404, 'route.not_found'])
  })

  test.each([
    ['DELETE', '/posts', 'GET, HEAD, OPTIONS, POST'],
    ['PUT', '/posts/1', 'DELETE, GET, HEAD, OPTIONS, PATCH'],
    ['POST', '/healthz', 'GET, HEAD, OPTIONS'],
    ['GET', '/auth/token', 'OPTIONS, POST'],
    ['PATCH', '/users', 'GET, HEAD, OPTIONS, POST'],
  ])(
    'The wrong method (%s %s) is 405 and the response lists the right methods',
    async (method, path, allow) => {
      const response = await api.request(path, { method })
      expect([response.status, response.json.code, response.headers.get('allow')]).toEqual([
        405,
        'route.method_not_allowed',
        allow,
      ])
    },
  )

  test('OPTIONS returns the methods of a path', async () => {
    const response = await api.request('/posts', { method: 'OPTIONS' })
    expect([response.status, response.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS, POST'])
  })
})

describe('Accept', () => {
  test.each([
    'application/json',
    '*/*',
    'application/*',
    'text/html, */*;q=0.1',
    'application/json;q=0.5, text/html',
    '',
  ])('Accept: %j gets JSON', async (accept) => {
    expect((await api.get('/posts?limit=1', { headers: { accept } })).status).toBe(200)
  })

  test.each([
    'text/html',
    'application/xml',
    'application/json;q=0',
    'application/json;q=0, */*',
    'nonsense',
  ])('Accept: %j is 406', async (accept) => {
    const response = await api.get('/posts?limit=1', { headers: { accept } })
    expect([response.status, response.json.code]).toEqual([406, 'request.not_acceptable'])
  })
})

describe('the request id', () => {
  test.each(['abc-123_X.y', 'a'.repeat(128)])('A valid request id (%s) is kept', async (id) => {
    const response = await api.get('/healthz', { headers: { 'x-request-id': id } })
    expect(response.headers.get('x-request-id')).toBe(id)
  })

  test.each(['', 'a b', 'a'.repeat(129), '<script>', 'ü'])(
    'An invalid request id (%j) is replaced',
    async (id) => {
      const response = await api.get('/healthz', { headers: { 'x-request-id': id } })
      expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    },
  )
})

describe('the query', () => {
  test.each(['__proto__', 'constructor', 'Limit'])('The unknown parameter %s is 422', async (name) => {
    for (const query of [`${name}=1`, `${name}=1&${name}=2`]) {
      const response = await api.get(`/posts?${query}`)
      expect(response.status).toBe(422)
      expect(response.json.errors).toMatchObject([{ location: 'query', name, code: 'unknown_key' }])
    }
  })
})
