import postgres from 'postgres'
import { loadDemo } from '../src/commands/demo.ts'
import { parseConfig } from '../src/config/config.ts'
import { derivedColumns } from '../src/posts/search/derived-columns.ts'
import { jwtSecret } from '../test/support/settings.ts'
import { benchPost } from './texts.ts'

/** One account for each of up to 128 connections; all have the password of the demo data. */
export const userCount = 128

const postsPerStatement = 500

/** Creates the tables and fills them with users and posts, one post per minute until now. */
export async function loadPosts(databaseUrl: string, count: number): Promise<void> {
  const settings = { DATABASE_URL: databaseUrl, JWT_SECRET: jwtSecret, BCRYPT_COST: '10' }
  await loadDemo(parseConfig(settings), { users: userCount, posts: 0 })
  await using sql = connect(databaseUrl)
  const authors = (await sql`select id from users order by id`).map(({ id }) => id)
  for (let first = 0; first < count; first += postsPerStatement) {
    const rows = Array.from({ length: Math.min(postsPerStatement, count - first) }, (_, at) => {
      const n = first + at
      const post = benchPost(n)
      const minutes_ago = count - n - 1
      return { ...post, ...derivedColumns(post), author_id: authors[n % authors.length], minutes_ago }
    })
    await sql.unsafe(insert, [JSON.stringify(rows)])
  }
  await sql`vacuum analyze`
}

const insert = `
  insert into posts (author_id, title, body, tags, search, excerpt, tag_keys, search_rules, created_at, updated_at, published_at)
  select author_id, title, body, tags, search, excerpt, tag_keys, search_rules, at, at, at
  from json_to_recordset($1::text::json) as row (author_id uuid, title text, body text, tags text[], search tsvector,
      excerpt text, tag_keys text[], search_rules smallint, minutes_ago int),
    lateral (select now() - minutes_ago * interval '1 minute') as time (at)
  order by minutes_ago desc`

/** One connection for the benchmark itself. */
export function connect(databaseUrl: string) {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} })
  return Object.assign(sql, { [Symbol.asyncDispose]: () => sql.end() })
}
