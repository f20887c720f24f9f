import { inArray, sql } from 'drizzle-orm'
import { v7 as uuidv7 } from 'uuid'
import { type Config, ConfigError } from '../config/config.ts'
import type { Database } from '../db/database.ts'
import { demoUserId, otherDemoUserId } from '../http/fields.ts'
import { derivedColumns } from '../posts/search/derived-columns.ts'
import { demoPassword } from '../users/users.schemas.ts'
import { users } from '../users/users.table.ts'
import { addExamples } from './demo-examples.ts'
import { demoPost, demoUsername } from './demo-texts.ts'
import { withProgress } from './progress.ts'
import { withDeps } from './with-deps.ts'

/** The ids of the first users, which the examples of the document name. */
const knownIds = [demoUserId, otherDemoUserId]

const usersPerStatement = 1000
const postsPerStatement = 1000

/** Query deadline in seconds. Long, since no client waits for a response here. */
const queryTimeout = 60

interface DemoSize {
  users: number
  posts: number
}

/** Fills the database with demo users and posts. A second run adds posts, but no users. */
export async function loadDemo(config: Config, size: DemoSize): Promise<void> {
  if (config.NODE_ENV === 'production') {
    throw new ConfigError('Demo users have a password that everyone knows: in production they are not made.')
  }
  const slowConfig = { ...config, DATABASE_TIMEOUT: Math.max(config.DATABASE_TIMEOUT, queryTimeout) }
  await withDeps(slowConfig, async (db, { passwords }) => {
    const before = await db.$count(users)
    const authors = await addUsers(db, size.users, await passwords.hash(demoPassword))
    const added = (await db.$count(users)) - before
    await withProgress('posts', size.posts, (advance) =>
      addPosts(db, { count: size.posts, authors, advance }),
    )
    await addExamples(db)
    // After so many changes the planner needs new statistics. PGlite has no autovacuum.
    await db.execute(sql`analyze users, posts`)
    const there = size.users > added ? ` (${size.users - added} were there already)` : ''
    process.stdout.write(
      `Added ${added} users${there} and ${size.posts} posts. Log in as "demo" with the password "${demoPassword}".\n`,
    )
  })
}

async function addUsers(db: Database, count: number, passwordHash: string): Promise<string[]> {
  const ids: string[] = []
  for (let first = 0; first < count; first += usersPerStatement) {
    const names = Array.from({ length: Math.min(usersPerStatement, count - first) }, (_, i) =>
      demoUsername(first + i),
    )
    const rows = names.map((username, i) => ({
      id: knownIds[first + i] ?? uuidv7(),
      username,
      email: `${username}@demo.example`,
      passwordHash,
    }))
    await db.insert(users).values(rows).onConflictDoNothing()
    const found = await db
      .select({ id: users.id, username: users.username })
      .from(users)
      .where(inArray(users.username, names))
    const idOf = new Map(found.map((user) => [user.username, user.id]))
    ids.push(...names.flatMap((name) => idOf.get(name) ?? []))
  }
  return ids
}

interface AddPosts {
  count: number
  authors: string[]
  advance: (by: number) => void
}

/** Passes many rows in one JSON parameter: a million single parameters would take minutes. */
async function addPosts(db: Database, { count, authors, advance }: AddPosts): Promise<void> {
  for (let first = 0; first < count; first += postsPerStatement) {
    const size = Math.min(postsPerStatement, count - first)
    const rows = Array.from({ length: size }, (_, i) => {
      const post = demoPost(first + i)
      return {
        ...post,
        ...derivedColumns(post),
        author_id: authors[(first + i) % authors.length],
        // A minute apart, the last one now, so that ids and times have the same order.
        minutes_ago: count - first - i - 1,
      }
    })
    await db.execute(sql`
      insert into posts (author_id, title, body, tags, search, excerpt, tag_keys, search_rules, created_at, updated_at, published_at)
      select author_id, title, body, tags, search, excerpt, tag_keys, search_rules, at, at, at
      from json_to_recordset(${JSON.stringify(rows)}::json) as row (author_id uuid, title text, body text,
          tags text[], search tsvector, excerpt text, tag_keys text[], search_rules smallint, minutes_ago int),
        lateral (select now() - minutes_ago * interval '1 minute') as time (at)
      order by minutes_ago desc`)
    advance(size)
  }
}
