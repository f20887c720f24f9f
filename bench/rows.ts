import type autocannon from 'autocannon'
import type postgres from 'postgres'
import { demoPassword } from '../src/users/users.schemas.ts'
import { cursorMaker } from './cursors.ts'
import { userCount } from './load.ts'
import { benchPost, shuffled } from './texts.ts'

/** The data of the requests, the same for all peers. */
export interface Material {
  /** Ids of posts from the whole table. */
  ids: readonly number[]
  /** Cursors of the same posts: each leads to a different page. */
  cursors: readonly string[]
  /** Access tokens of different users. */
  tokens: readonly string[]
  usernames: readonly string[]
}

type Figure = 'cpu' | 'database' | 'p99'

export interface Row {
  name: string
  about: string
  /** Maximum ratios to the bare server. */
  aims: Partial<Record<Figure, number>>
  /** The requests of connection number `at` of `count`. */
  requestsOf(material: Material, at: number, count: number): autocannon.Request[]
}

const get = (path: string, headers = {}): autocannon.Request => ({ method: 'GET', path, headers })

export const rows: readonly Row[] = [
  {
    name: 'static',
    about: '/healthz',
    aims: { cpu: 2 },
    requestsOf: () => [get('/healthz')],
  },
  {
    name: 'list-same',
    about: 'the newest 20 posts, the same for all',
    aims: { cpu: 1 },
    requestsOf: () => [get('/posts')],
  },
  {
    name: 'list',
    about: '20 posts, each request with another cursor',
    aims: { cpu: 1.4, database: 1.1, p99: 1.2 },
    requestsOf: ({ cursors }, at, count) =>
      slice(cursors, at, count).map((cursor) => get(`/posts?cursor=${cursor}`)),
  },
  {
    name: 'read',
    about: 'one post by a random id, one token per connection',
    aims: { cpu: 1.3 },
    requestsOf: ({ ids, tokens }, at, count) =>
      slice(ids, at, count).map((id) => get(`/posts/${id}`, bearer(tokens, at))),
  },
  {
    name: 'create',
    about: 'a different post of 1,000 characters each time, one token per connection',
    aims: { cpu: 1.4, database: 2.5 },
    requestsOf: ({ tokens }, at, count) => {
      const headers = { ...bearer(tokens, at), 'content-type': 'application/json' }
      return slice(newPosts, at, count).map((body) => ({ method: 'POST', path: '/posts', headers, body }))
    },
  },
]

/** The row with this name. @throws for an unknown name */
export function rowOf(name: string): Row {
  const row = rows.find((candidate) => candidate.name === name)
  if (!row) throw new Error(`There is no row ${name}.`)
  return row
}

/** Log-ins at cost 10, with another account for each connection. */
export function logInsOf({ usernames }: Material, at: number): autocannon.Request[] {
  const authorization = basic(usernames[at % usernames.length] ?? '')
  return [{ method: 'POST', path: '/auth/token', headers: { authorization } }]
}

function basic(username: string): string {
  return `Basic ${btoa(`${username}:${demoPassword}`)}`
}

function bearer(tokens: readonly string[], at: number) {
  return { authorization: `Bearer ${tokens[at % tokens.length]}` }
}

/** The items of one connection. The connections share no item, so all concurrent requests are different. */
function slice<T>(items: readonly T[], at: number, count: number): T[] {
  const own = items.filter((_, index) => index % count === at)
  return shuffled(own, at)
}

const variety = 4096

/** Request bodies of different posts. */
const newPosts = Array.from({ length: variety }, (_, n) => JSON.stringify(benchPost(1_000_000_000 + n)))

interface Sources {
  sql: postgres.Sql
  secret: string
  /** The address of a Gatepost for the log-ins. */
  url: string
  /** The number of access tokens, at most one for each account. */
  tokens: number
}

/** Chooses random posts from the table, and logs in. */
export async function gatherMaterial({ sql, secret, url, tokens: wanted }: Sources): Promise<Material> {
  const found = await sql`
    select id::int, published_at from posts where status = 'published'
    order by random() limit ${variety}`
  const cursorOf = await cursorMaker(secret)
  const names = await sql`select username from users order by id limit ${userCount}`
  const usernames = names.map(({ username }) => username as string)
  const tokens: string[] = []
  for (const username of usernames.slice(0, wanted)) tokens.push(await logIn(url, username)) // one after the other: the queue for passwords is short
  return {
    ids: found.map(({ id }) => id),
    cursors: found.map(({ published_at, id }) => cursorOf(published_at, id)),
    tokens,
    usernames,
  }
}

async function logIn(url: string, username: string): Promise<string> {
  const headers = { authorization: basic(username) }
  const response = await fetch(`${url}/auth/token`, { method: 'POST', headers })
  const { access_token } = (await response.json()) as { access_token?: string }
  if (!access_token) throw new Error(`Gatepost responded to a log-in with ${response.status}.`)
  return access_token
}
