import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPostgres, type TestPostgres } from '../support/postgres.ts'
import { rootAdmin } from '../support/settings.ts'
import { dataTemplate, type Env, type Service, start, temporaryFolder } from './fixtures/gatepost.ts'

// After kill -9 every post with a 201 exists, and every post is complete.
// CRASH_ROUNDS=20 npx vitest run test/node/crash.test.ts

const rounds = Number(process.env.CRASH_ROUNDS ?? 2)
const writers = 8

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server?.stop())

describe('kill -9', { timeout: 0 }, () => {
  test('The embedded database loses no acknowledged post and keeps no incomplete one', async () => {
    await using template = await dataTemplate()
    await using folder = temporaryFolder(template)
    print('embedded database', await killAndCheck(folder.path, {}))
  })

  test('PostgreSQL loses no acknowledged post and keeps no incomplete one', async () => {
    await using folder = temporaryFolder()
    const DATABASE_URL = await server.createDatabase()
    print('PostgreSQL', await killAndCheck(folder.path, { DATABASE_URL }))
  })
})

/** Titles of the acknowledged posts, by id. */
type Acknowledged = Map<number, string>

async function killAndCheck(folder: string, env: Env): Promise<string> {
  const acknowledged: Acknowledged = new Map()
  const readyAfter: number[] = []
  let count = 0
  for (let round = 0; round <= rounds; round++) {
    await using service = await start(folder, env)
    readyAfter.push(service.readyAfterMs)
    const token = await logIn(service.url)
    count = await expectComplete(service.url, token, acknowledged)
    if (round === rounds) expect(await service.end('SIGTERM', 20_000, 'SIGKILL')).toBe(0)
    else await writeUntilKilled(service, { token, round, acknowledged })
  }
  expect(acknowledged.size).toBeGreaterThan(rounds * 20)
  const [fastest, median, slowest] = quartiles(readyAfter.slice(1))
  return (
    `${rounds} times killed, ${acknowledged.size} posts acknowledged, ${count} there; ` +
    `ready again after ${median} ms (${fastest} to ${slowest})`
  )
}

interface Load {
  token: string
  round: number
  acknowledged: Acknowledged
}

/** Writes posts on many connections, and kills the service meanwhile. */
async function writeUntilKilled({ url, pid, exited }: Service, { token, round, acknowledged }: Load) {
  const until = acknowledged.size + 20 + Math.floor(Math.random() * 100)
  let sent = 0
  const write = async () => {
    while (true) {
      const title = `post ${round}-${sent++}`
      const id = await createPost(`${url}/posts`, token, { title, body: bodyOf(title) })
      if (id === undefined) return
      acknowledged.set(id, title)
      if (acknowledged.size === until) process.kill(pid, 'SIGKILL')
    }
  }
  await Promise.all(Array.from({ length: writers }, write))
  expect(await exited).toBe('SIGKILL')
}

/** Every tenth text is long and needs many pages of the database. */
function bodyOf(title: string) {
  return `${title} `.repeat(title.endsWith('7') ? 5000 : 20).trimEnd()
}

/** The id of a complete 201; undefined if the connection broke. @throws for every other response */
async function createPost(url: string, token: string, post: object): Promise<number | undefined> {
  const headers = { authorization: token, 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(post) })
    .then(async (response) => ({ status: response.status, json: (await response.json()) as any }))
    .catch((error: unknown) => {
      if (!(error instanceof TypeError)) throw error // fetch’s error for a broken connection
    })
  if (response && response.status !== 201)
    throw new Error(`${response.status} ${JSON.stringify(response.json)}`)
  return response?.json.id
}

/** Expects that every post is complete and the acknowledged ones exist. @returns the number of posts */
async function expectComplete(url: string, token: string, acknowledged: Acknowledged): Promise<number> {
  const read = async (path: string): Promise<any> => {
    const response = await fetch(url + path, { headers: { authorization: token } })
    return response.json()
  }
  const found: Acknowledged = new Map()
  let path = '/posts?limit=100'
  while (path !== '') {
    const { items, next_cursor } = await read(path)
    for (const { id } of items) {
      const { title, body } = await read(`/posts/${id}`)
      expect(body).toBe(bodyOf(title))
      found.set(id, title)
    }
    path = next_cursor === null ? '' : `/posts?limit=100&cursor=${next_cursor}`
  }
  expect([...acknowledged].filter(([id, title]) => found.get(id) !== title)).toEqual([])
  return found.size
}

async function logIn(url: string): Promise<string> {
  const headers = { authorization: `Basic ${btoa(`${rootAdmin.username}:${rootAdmin.password}`)}` }
  const response = await fetch(`${url}/auth/token`, { method: 'POST', headers })
  return ((await response.json()) as any).access_token
}

function print(what: string, result: string) {
  if (rounds > 2) process.stdout.write(`${what}: ${result}\n`)
}

function quartiles(values: number[]) {
  const sorted = values.map(Math.round).sort((a, b) => a - b)
  return [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)]
}
