import type autocannon from 'autocannon'
import type postgres from 'postgres'
import { demoPassword } from '../src/users/users.schemas.ts'
import { cursorMaker } from './cursors.ts'
import { userCount } from './load.ts'
import { benchPost, shuffled } from './texts.ts'

/** What is asked for, made once for all servers. */
export interface Material {
  /** Of posts all over the table. */
  ids: readonly number[]
  /** Of the same posts: each begins a page of its own. */
  cursors: readonly string[]
  /** Access tokens, each of another user. */
  tokens: readonly string[]
  usernames: readonly string[]
}

type Figure = 'cpu' | 'database' | 'p99'

export interface Row {
  name: string
  about: string
  /** How many times what the bare server takes is the most. */
  aims: Partial<Record<Figure, number>>
  /** What connection number `at` of `count` walks through. */
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
    about: '20 posts, each request by another cursor',
    aims: { cpu: 1.4, database: 1.1, p99: 1.2 },
    requestsOf: ({ cursors }, at, count) =>
      slice(cursors, at, count).map((cursor) => get(`/posts?cursor=${cursor}`)),
  },
  {
    name: 'read',
    about: 'one post by a random id, a token for each connection',
    aims: { cpu: 1.3 },
    requestsOf: ({ ids, tokens }, at, count) =>
      slice(ids, at, count).map((id) => get(`/posts/${id}`, bearer(tokens, at))),
  },
  {
    name: 'create',
    about: 'a post of 1,000 characters, each another, a token for each connection',
    aims: { cpu: 1.4, database: 2.5 },
    requestsOf: ({ tokens }, at, count) => {
      const headers = { ...bearer(tokens, at), 'content-type': 'application/json' }
      return slice(newPosts, at, count).map((body) => ({ method: 'POST', path: '/posts', headers, body }))
    },
  },
]

/** The row of this name. */
export function rowOf(name: string): Row {
  const row = rows.find((candidate) => candidate.name === name)
  if (!row) throw new Error(`There is no row ${name}.`)
  return row
}

/** Log-ins at cost 10, each connection by another account. */
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

/** The part of one connection: no two have an item in common, so that no two requests under way are alike. */
function slice<T>(items: readonly T[], at: number, count: number): T[] {
  const own = items.filter((_, index) => index % count === at)
  return shuffled(own, at)
}

const variety = 4096

/** Bodies of requests that create posts which no other request creates. */
const newPosts = Array.from({ length: variety }, (_, n) => JSON.stringify(benchPost(1_000_000_000 + n)))

interface Sources {
  sql: postgres.Sql
  secret: string
  /** Of a Gatepost to log in at. */
  url: string
  /** How many access tokens are wanted, at most one for each account. */
  tokens: number
}

/** Looks for posts all over the table, and logs in. */
export async function gatherMaterial({ sql, secret, url, tokens: wanted }: Sources): Promise<Material> {
  const found = await sql`
    select id::int, published_at from posts where status = 'published'
    order by random() limit ${variety}`
  const cursorOf = await cursorMaker(secret)
  const names = await sql`select username from users order by id limit ${userCount}`
  const usernames = names.map(({ username }) => username as string)
  const tokens: string[] = []
  for (const username of usernames.slice(0, wanted)) tokens.push(await logIn(url, username)) // more at once would be refused
  return {
    ids: found.map(({ id }) => id),
    cursors: found.map(({ published_at, id }) => cursorOf(published_at, id)),
    tokens,
    usernames,
  }
}

async function logIn(url: string, username: string): Promise<string> {
  const headers = { authorization: basic(username) }
  const answer = await fetch(`${url}/auth/token`, { method: 'POST', headers })
  const { access_token } = (await answer.json()) as { access_token?: string }
  if (!access_token) throw new Error(`A log-in was answered ${answer.status}.`)
  return access_token
}
