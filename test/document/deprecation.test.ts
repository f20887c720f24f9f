import { z } from '@hono/zod-openapi'
import { afterAll, expect, test } from 'vitest'
import type { AppEnv } from '../../src/api/context.ts'
import { namespace } from '../../src/api/namespace.ts'
import { requestContext } from '../../src/api/request-context.ts'
import { jsonResponse } from '../../src/api/responses.ts'
import { createAuthenticate } from '../../src/auth/tokens/authenticate.ts'
import { parseConfig } from '../../src/config/config.ts'
import { buildDocument } from '../../src/document/document.ts'
import { onError } from '../../src/errors/problem-response.ts'
import { createRouter } from '../../src/http/router.ts'
import { createDeps } from '../../src/node/deps.ts'
import { createContract } from '../support/contract.ts'
import { openTestDatabase } from '../support/in-process.ts'
import { testSettings } from '../support/settings.ts'

// A small app with one deprecated operation, as a later version of Gatepost may have some.

const config = parseConfig(testSettings)
const database = await openTestDatabase()
const { deps, close } = await createDeps(config, database)
afterAll(async () => {
  await close()
  await database.close()
})

const Thing = z.strictObject({ name: z.string() }).openapi('Thing')
const posts = namespace('Posts')
const spec = { method: 'get', summary: 'A thing', description: 'A thing.' } as const
const deprecated = posts.route(
  {
    ...spec,
    operationId: 'readOld',
    path: '/old',
    responses: { 200: jsonResponse(Thing, 'It.') },
  },
  { deprecated: { since: '2026-11-21', sunset: '2027-06-01', link: '/docs#/Posts/readNew' } },
)
const secured = posts.secured(
  {
    ...spec,
    operationId: 'readSecured',
    path: '/secured',
    scope: 'posts:read',
    responses: { 200: jsonResponse(Thing, 'It.') },
  },
  { deprecated: { since: '2026-11-21' } },
)
const current = posts.route({
  ...spec,
  operationId: 'readNew',
  path: '/new',
  responses: { 200: jsonResponse(Thing, 'It.') },
})

const app = createRouter<AppEnv>()
app.use(requestContext(deps, { authenticate: createAuthenticate(config), checks: [] }))
app.openapi(deprecated, (c) => c.json({ name: 'old' }, 200))
app.openapi(secured, (c) => c.json({ name: 'secured' }, 200))
app.openapi(current, (c) => c.json({ name: 'new' }, 200))
app.onError(onError)

const document: any = buildDocument(app, config)
const contract = createContract(document)

async function get(path: string) {
  const response = await app.request(path)
  const body = await response.text()
  const { status, headers } = response
  contract.check({ method: 'GET', path, status, headers, body })
  return { status, headers }
}

const deprecationHeaders = ({ headers }: { headers: Headers }) =>
  ['deprecation', 'sunset', 'link'].map((name) => headers.get(name))

test('Every response of a deprecated operation names the date, the end and the replacement', async () => {
  const expectedHeaders = [
    '@1795219200',
    'Tue, 01 Jun 2027 00:00:00 GMT',
    '</docs#/Posts/readNew>; rel="deprecation"',
  ]
  expect(new Date(1795219200 * 1000).toISOString()).toBe('2026-11-21T00:00:00.000Z')
  const [good, refused] = [await get('/old'), await get('/old?unknown=1')]
  expect([good.status, refused.status]).toEqual([200, 422])
  expect(deprecationHeaders(good)).toEqual(expectedHeaders)
  expect(deprecationHeaders(refused)).toEqual(expectedHeaders)
})

test('A refusal by the guard has these headers too', async () => {
  const refused = await get('/secured')
  expect([refused.status, ...deprecationHeaders(refused)]).toEqual([401, '@1795219200', null, null])
})

test('Other operations have no such headers', async () => {
  expect(deprecationHeaders(await get('/new'))).toEqual([null, null, null])
})

test('The document marks this operation as deprecated, and no other', () => {
  const [before, after] = [document.paths['/old'].get, document.paths['/new'].get]
  expect([before.deprecated, before['x-sunset']]).toEqual([true, '2027-06-01'])
  expect(before.responses['200'].headers).toHaveProperty('Sunset')
  expect(after.deprecated).toBeUndefined()
  expect(after.responses['200'].headers).not.toHaveProperty('Deprecation')
  expect(before.responses['422'].$ref).not.toBe(after.responses['422'].$ref)
})
