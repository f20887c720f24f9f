import { createPublicKey, verify } from 'node:crypto'
import { parse } from 'yaml'
import { check, type Group, type Kit, skip } from '../check.ts'
import type { Json } from '../exchange.ts'
import { assert, hasHeader, hasStatus, isEmpty, isProblem, matches, respondsWith, same } from '../expect.ts'
import { operations } from '../operations.ts'
import { aText } from '../rules.ts'
import { decodeToken } from '../tokens.ts'

const asPage = { headers: { accept: 'text/html' } }

export const service: Group = {
  name: 'service',
  about: 'health, the document, its pages, problems, keys',
  checks: [
    check(
      'The process says that it is alive, and the service that it is ready',
      'Operations',
      async (kit) => {
        for (const path of ['/healthz', '/readyz']) respondsWith(await kit.get(path), 200, { status: 'ok' })
      },
    ),
    check(
      'A query that means nothing is ignored where one looks how the service is',
      'Operations',
      async (kit) => {
        for (const path of [
          '/healthz',
          '/readyz',
          '/openapi.json',
          '/docs',
          '/problems',
          '/.well-known/jwks.json',
        ])
          hasStatus(await kit.get(`${path}?_=1`), 200)
      },
    ),
    check('A slash behind the address of a page leads to the page', 'Operations', async (kit) => {
      for (const path of ['/docs', '/app']) {
        const response = await kit.get(`${path}/`)
        assert([301, 308].includes(response.status), '301 or 308', response.status, response)
        same('Location', response.headers.get('location'), path, response)
      }
    }),
    check('The document lists every operation of the contract, with its guard', 'Operations', async (kit) => {
      const response = await kit.get('/openapi.json')
      const wrong = operations.flatMap((operation) => documentFaults(response.json, operation))
      assert(
        wrong.length === 0,
        'all operations as the contract has them',
        wrong.slice(0, 5).join('; '),
        response,
      )
    }),
    check('The document declares the security schemes of the contract', 'Security schemes', async (kit) => {
      const response = await kit.get('/openapi.json')
      const { accessToken, xAccessToken, cookieToken, basic } =
        response.json.components?.securitySchemes ?? {}
      const plain = ({ type, in: place, name, scheme }: Json = {}) => ({ type, place, name, scheme })
      same(
        'accessToken',
        plain(accessToken),
        { type: 'apiKey', place: 'header', name: 'Authorization', scheme: undefined },
        response,
      )
      same(
        'xAccessToken',
        plain(xAccessToken),
        { type: 'apiKey', place: 'header', name: 'x-access-token', scheme: undefined },
        response,
      )
      same(
        'cookieToken',
        plain(cookieToken),
        { type: 'apiKey', place: 'cookie', name: /gatepost_access$/, scheme: undefined },
        response,
      )
      same(
        'basic',
        plain(basic),
        { type: 'http', place: undefined, name: undefined, scheme: 'basic' },
        response,
      )
    }),
    check('The document is the same in JSON and in YAML', 'Operations', async (kit) => {
      const [asJson, asYaml] = [await kit.get('/openapi.json'), await kit.get('/openapi.yaml')]
      hasStatus(asYaml, 200)
      const isSame = JSON.stringify(parse(asYaml.text)) === JSON.stringify(asJson.json)
      assert(isSame, 'the content of /openapi.json', 'another document', asYaml)
      assert(/^3\.1\./.test(asJson.json.openapi), 'an OpenAPI 3.1 document', asJson.json.openapi, asJson)
    }),
    check(
      'If the document has an ETag, clients that already have it get a 304',
      'concurrency',
      async (kit) => {
        for (const path of ['/openapi.json', '/openapi.yaml']) {
          const tag = (await kit.get(path)).headers.get('etag') ?? skip('the document carries no ETag')
          isEmpty(await kit.get(path, { headers: { 'if-none-match': tag } }), 304)
          hasStatus(await kit.get(path, { headers: { 'if-none-match': '"another"' } }), 200)
        }
      },
    ),
    check('The pages load everything from this server and nothing inline', 'Operations', async (kit) => {
      for (const path of ['/', '/docs', '/problems/request.invalid']) await checkPage(kit, path)
    }),
    check(
      'Every problem that the document names is explained, to programs and to people',
      'errors',
      async (kit) => {
        const codes: string[] = kit.document.components?.schemas?.ProblemCode?.enum ?? []
        assert(codes.length >= 20, 'an enumeration of codes in the schema ProblemCode', codes)
        for (const code of codes) {
          const response = await kit.get(`/problems/${code}`)
          const status = response.json?.status
          respondsWith(response, 200, {
            type: new RegExp(`/problems/${code.replaceAll('.', '\\.')}$`),
            code,
            status: {
              rule: 'an error status',
              test: () => Number.isInteger(status) && status >= 400 && status < 600,
            },
            title: aText,
            detail: aText,
            advice: aText,
          })
          const page = hasHeader(await kit.get(`/problems/${code}`, asPage), 'content-type', /^text\/html/)
          assert(page.text.includes(code), `a page about ${code}`, page.text.slice(0, 100), page)
        }
      },
    ),
    check('The type of a problem leads to its explanation', 'errors', async (kit) => {
      const { json } = await kit.get('/conform-nowhere')
      const { pathname, origin } = new URL(json.type, kit.origin)
      const isHere = origin === kit.origin || kit.document.servers?.[0]?.url?.startsWith(origin)
      assert(isHere, 'an address of this server', json.type)
      const { title, status, code } = json
      const response = hasStatus(await kit.get(pathname), 200)
      same(
        'the explanation',
        { title: response.json.title, status: response.json.status, code: response.json.code },
        { title, status, code },
        response,
      )
    }),
    check('A problem that does not exist is 404', 'errors', async (kit) => {
      for (const code of ['conform.nothing', '__proto__', 'constructor', 'toString']) {
        isProblem(await kit.get(`/problems/${code}`), 404, 'problems.not_found')
      }
      isProblem(await kit.get(`/problems/${'x'.repeat(65)}`), 422, 'request.invalid')
    }),
    check(
      'The key set has public keys alone, and the key of every token unless that is a secret',
      'Tokens and sessions',
      async (kit) => {
        const response = hasStatus(await kit.get('/.well-known/jwks.json'), 200)
        const keys: Json[] = response.json?.keys ?? []
        matches(Object.keys(response.json ?? {}), ['keys'], response)
        for (const key of keys) {
          const given = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth'].filter((name) => name in key)
          assert(given.length === 0 && key.kty !== 'oct', 'no private part', `the members ${given}`)
          matches(key.use, 'sig', response)
        }
        const token = (await kit.persona('ada')).session.access_token
        const { header } = decodeToken(token) ?? skip('no token to compare with')
        if (header.alg === 'HS256') return
        const key = keys.find(({ kid }) => kid === header.kid)
        assert(
          key !== undefined && key.alg === header.alg,
          `a key with the kid ${header.kid} and alg ${header.alg}`,
          keys,
          response,
        )
        assert(isSignedBy(token, key), 'the key that signed the token', 'another key', response)
      },
    ),
  ],
}

/** The security schemes of the operations without an access token. */
const schemesOf: Record<string, string> = { createToken: 'basic', readMetrics: 'metricsToken' }

function documentFaults(document: Json, { id, method, path, guard }: (typeof operations)[number]): string[] {
  const documented = document.paths?.[path]?.[method.toLowerCase()]
  if (!documented) return [`${method} ${path} is missing`]
  const schemes = (documented.security ?? document.security ?? [])
    .flatMap((way: object) => Object.keys(way))
    .sort()
  const expected = guard === 'open' ? (schemesOf[id] ?? '') : 'accessToken,cookieToken,xAccessToken'
  return [
    ...(documented.operationId === id
      ? []
      : [`${method} ${path} has the operationId ${documented.operationId}, not ${id}`]),
    ...(schemes.join() === expected
      ? []
      : [`${id} declares the security schemes ${schemes.join() || '(none)'}, not ${expected || '(none)'}`]),
  ]
}

async function checkPage(kit: Kit, path: string): Promise<void> {
  const response = hasHeader(hasStatus(await kit.get(path, asPage), 200), 'content-type', /^text\/html/)
  hasHeader(response, 'content-security-policy', /^default-src 'none'(?!.*(unsafe|https?:))/)
  const loaded = [...response.text.matchAll(/(?:src|href)=["']?([^"'\s>]+)/g)].map((match) => match[1] ?? '')
  const foreign = loaded.filter((address) => !/^[/#]/.test(address) && address !== 'data:,')
  assert(
    foreign.length === 0 && !loaded.some((address) => address.startsWith('//')),
    'addresses of this server',
    foreign,
    response,
  )
  const inline = /<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/.exec(response.text)
  assert(inline === null, 'nothing inline', inline?.[0], response)
  for (const address of new Set(loaded.filter((candidate) => /^\/(docs|app\/assets)\//.test(candidate)))) {
    const file = hasStatus(await kit.get(address), 200)
    assert(file.bytes.length > 0, `a file at ${address}`, 'an empty response', file)
  }
}

const digests: Readonly<Record<string, string | undefined>> = { ES256: 'sha256', RS256: 'sha256' }

function isSignedBy(token: string, jwk: Json): boolean {
  const [header, claims, signature = ''] = token.split('.')
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  const data = Buffer.from(`${header}.${claims}`)
  return verify(
    digests[jwk.alg],
    data,
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
}
