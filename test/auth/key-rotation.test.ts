import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inlineHasher } from '../../src/auth/passwords/passwords.ts'
import { runCommand } from '../support/command.ts'
import { type Contract, createContract } from '../support/contract.ts'
import { createTestApp, openInMemory, type TestApp } from '../support/in-process.ts'
import { isSignedBy, keySet, newPair } from '../support/key-pairs.ts'
import { decodeToken } from '../support/tokens.ts'

// A rotation as docs/keys.md describes it, by the same commands. Instances are replaced one after the other, so
// instances of two neighbouring steps run at the same time: each must accept what the other issues.

const secret = 'a secret of at least thirty-two bytes'
const account = { username: 'ada', email: 'ada@example.com', password: 'correct horse battery' }

interface Instance extends TestApp {
  /** Logs in at this instance. */
  token(): Promise<string>
  refreshToken(): Promise<string>
  refresh(token: string): Promise<{ status: number; json: any }>
  get(path: string, token?: string): Promise<{ status: number; json: any; headers: Headers }>
}

/** The API document, which all instances share. */
let contract: Contract | undefined

/** One database for all rotations: opening it takes longer than the tests. */
let database: Awaited<ReturnType<typeof openInMemory>>
beforeAll(async () => {
  database = await openInMemory()
  const app = await createTestApp({}, {}, database)
  for (const username of ['ada', 'grace', 'alan']) await register(app, username)
  await app.close()
})
afterAll(() => database?.close())

describe.each([
  ['EdDSA', 'ES256'],
  ['ES256', 'RS256'],
  ['RS256', 'EdDSA'],
  ['HS256', 'EdDSA'], // from JWT_SECRET to a key set
])('the rotation from %s to %s', (from, to) => {
  let folder: string
  /** One instance for each step: before, new key added, new key promoted, old key removed. */
  const steps: Instance[] = []
  /** An instance that skips a step: it signs at once with a key that no other instance knows. */
  let rash: Instance

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatepost-rotation-'))
    const settings = await settingsOfEachStep(join(folder, 'keys.json'), from, to)
    for (const env of settings) steps.push(await instance(env))
    rash = await instance({ JWT_SECRET: '', JWT_KEYS: keySet(newPair('EdDSA').jwk) })
  })
  afterAll(async () => {
    for (const app of [...steps, rash]) await app?.close()
    await rm(folder, { recursive: true })
  })

  test('Instances sign with the old key, then with the new one', async () => {
    const headers = await Promise.all(steps.map(async (step) => decodeToken(await step.token()).header))
    expect(headers.map(({ alg }) => alg)).toEqual([from, from, to, to])
    expect(headers[1]?.kid).toBe(headers[0]?.kid)
    expect(headers[3]?.kid).toBe(headers[2]?.kid)
  })

  test('No step refuses a token of its neighbours', async () => {
    const issued = await Promise.all(steps.map((step) => step.token()))
    const statuses = await matrix(issued, (step, token) => step.get('/auth/whoami', token))
    expect(statuses).toEqual([
      [200, 200, 200, 401], // the old key: accepted until it is removed
      [200, 200, 200, 401],
      [401, 200, 200, 200], // the new key: accepted by all instances that were replaced once
      [401, 200, 200, 200],
    ])
  })

  test('No step breaks a page cursor', async () => {
    const issued = await Promise.all(
      steps.map(async (step) => (await step.get('/users?limit=1', await step.token())).json.next_cursor),
    )
    const statuses = await matrix(issued, async (step, cursor) =>
      step.get(`/users?limit=1&cursor=${cursor}`, await step.token()),
    )
    expect(statuses).toEqual([
      [200, 200, 200, 422],
      [200, 200, 200, 422],
      [422, 200, 200, 200],
      [422, 200, 200, 200],
    ])
  })

  test('No step ends a session', async () => {
    // A refresh token can be used once, so each pair of steps has its own session.
    const statuses = await Promise.all(
      steps.map((issuer) =>
        Promise.all(steps.map(async (step) => (await step.refresh(await issuer.refreshToken())).status)),
      ),
    )
    expect(statuses).toEqual([
      [200, 200, 200, 401],
      [200, 200, 200, 401],
      [401, 200, 200, 200],
      [401, 200, 200, 200],
    ])
  })

  test('A retry on a neighbouring step returns the same successor', async () => {
    for (const [index, step] of steps.slice(0, -1).entries()) {
      const next = steps[index + 1] as Instance
      const issuer = index === 0 ? step : next // both instances accept its tokens
      for (const [first, second] of [
        [step, next],
        [next, step],
      ] as const) {
        const token = await issuer.refreshToken()
        const responses = [await first.refresh(token), await second.refresh(token)]
        expect(responses.map(({ status }) => status)).toEqual([200, 200])
        const [one, other] = responses.map(({ json }) => secretOf(json.refresh_token))
        expect(one).toBe(other)
      }
    }
  })

  test('A rotation in one step would refuse tokens of both sides', async () => {
    const [before] = steps
    expect((await before?.get('/auth/whoami', await rash.token()))?.status).toBe(401)
    expect((await rash.get('/auth/whoami', await before?.token())).status).toBe(401)
  })

  test('The published keys are enough for other services to verify the tokens of every step', async () => {
    for (const [index, step] of steps.entries()) {
      const { json, headers } = await step.get('/.well-known/jwks.json')
      expect(json.keys.every((key: object) => !('d' in key || 'k' in key || 'p' in key))).toBe(true)
      expect(headers.get('cache-control')).toBe('public, max-age=300')
      const publicKeys = [from, to].filter((alg) => alg !== 'HS256')
      const shown = [[from], [from, to], [to, from], [to]][index]?.filter((alg) => publicKeys.includes(alg))
      expect(json.keys.map((key: any) => key.alg)).toEqual(shown)
      // A cached copy of the keys is from the step before, a new one from this step: both verify current tokens.
      const kept = await steps[Math.max(0, index - 1)]?.get('/.well-known/jwks.json')
      const token = await step.token()
      const { alg, kid } = decodeToken(token).header
      for (const { keys } of [json, kept?.json]) {
        const key = keys.find((candidate: any) => candidate.kid === kid)
        if (alg === 'HS256') expect(key).toBeUndefined()
        else expect(isSignedBy(token, key)).toBe(true)
      }
    }
  })

  async function instance(env: Record<string, string>): Promise<Instance> {
    const app = await createTestApp(env, { passwords: inlineHasher(4) }, database)
    const send = async (path: string, init?: RequestInit) => {
      const response = await app.fetch(new Request(`http://localhost${path}`, init))
      const body = new Uint8Array(await response.arrayBuffer())
      return { response, body, json: JSON.parse(new TextDecoder().decode(body)) }
    }
    const logIn = async () => {
      const headers = { authorization: `Basic ${btoa(`${account.username}:${account.password}`)}` }
      return (await send('/auth/token', { method: 'POST', headers })).json
    }
    contract ??= createContract((await send('/openapi.json')).json)
    return {
      ...app,
      get: async (path, token) => {
        const requestHeaders = new Headers(token ? { authorization: token } : {})
        const { response, body, json } = await send(path, { headers: requestHeaders })
        const { status, headers } = response
        contract?.check({ method: 'GET', path, status, headers, body, requestHeaders })
        return { status, headers, json }
      },
      token: async () => (await logIn()).access_token,
      refreshToken: async () => (await logIn()).refresh_token,
      refresh: async (token) => {
        const body = JSON.stringify({ refresh_token: token })
        const headers = { 'content-type': 'application/json' }
        const { response, json } = await send('/auth/refresh', { method: 'POST', headers, body })
        return { status: response.status, json }
      },
    }
  }

  /** Statuses of the tokens that each step issued (rows) on each step (columns). */
  function matrix(issued: string[], use: (step: Instance, issued: string) => Promise<{ status: number }>) {
    return Promise.all(
      issued.map((one) => Promise.all(steps.map(async (step) => (await use(step, one)).status))),
    )
  }
})

/** The token without the tag of its key, which may differ between instances. */
function secretOf(refreshToken: string): string {
  const bytes = Buffer.from(refreshToken.split('.')[1] ?? '', 'base64url')
  return bytes.subarray(0, 32).toString('hex')
}

async function register(app: TestApp, username: string): Promise<void> {
  const body = JSON.stringify({ ...account, username, email: `${username}@example.com` })
  const headers = { 'content-type': 'application/json' }
  await app.fetch(new Request('http://localhost/users', { method: 'POST', headers, body }))
}

/** Follows docs/keys.md. The keys are read after each step, as an instance reads them that starts then. */
async function settingsOfEachStep(path: string, from: string, to: string): Promise<Record<string, string>[]> {
  const gatepost = async (...args: string[]) => {
    const { exitCode, stderr } = await runCommand(args, from === 'HS256' ? { JWT_SECRET: secret } : {})
    if (exitCode !== 0) throw new Error(stderr)
  }
  const currentSettings = async () => ({ JWT_SECRET: '', JWT_KEYS: await readFile(path, 'utf8') })
  if (from !== 'HS256') await gatepost('keys', 'generate', '--alg', from, '--output', path)
  const before = from === 'HS256' ? { JWT_SECRET: secret } : await currentSettings()

  await gatepost('keys', 'generate', '--alg', to, '--add-to', path)
  const added = await currentSettings()
  const { keys } = JSON.parse(added.JWT_KEYS)

  await gatepost('keys', 'promote', keys[1].kid, '--file', path)
  const promoted = await currentSettings()

  await writeFile(path, keySet(keys[1]))
  return [before, added, promoted, await currentSettings()]
}
