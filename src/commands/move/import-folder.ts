import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { sql } from 'drizzle-orm'
import { type Config, ConfigError } from '../../config.ts'
import type { Database } from '../../db/client.ts'
import { derivedColumns } from '../../posts/derived-columns.ts'
import { findUser } from '../../users/users.service.ts'
import { withProgress } from '../progress.ts'
import { type MarkdownPost, parseMarkdown } from './markdown.ts'
import { withPatientDatabase } from './open-database.ts'
import { type Placed, storeAll } from './store.ts'

const filesPerBatch = 200
const charactersPerBatch = 1024 * 1024

/** Of a file: no post is longer. */
const mostBytes = 1024 * 1024

interface ImportFolder {
  folder: string
  /** Username or e-mail address. */
  author: string
}

/** Adds the Markdown files of a folder and its subfolders as posts of one user. */
export async function importFolder(config: Config, { folder, author }: ImportFolder): Promise<void> {
  const paths = await markdownFiles(folder)
  if (paths.length === 0) throw new ConfigError(`${folder} has no Markdown files (*.md).`)
  let added = 0
  await withPatientDatabase(config, async (db) => {
    const { id } = await findUser(db, author)
    await withProgress('files', paths.length, async (advance) => {
      for await (const batch of inBatches(folder, paths)) {
        await storeAll(batch, async (files) => {
          added += await storeMarkdown(db, files, id)
        })
        advance(batch.length)
      }
    })
  })
  const present = paths.length - added
  process.stdout.write(`Posts of ${author}: ${added} imported, ${present} there already.\n`)
}

/** Names with a dot in front are other programs' folders: .git, .obsidian. */
async function markdownFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && /\.(md|markdown)$/i.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !path.split(sep).some((name) => name.startsWith('.')))
    .sort()
}

async function* inBatches(folder: string, paths: string[]): AsyncGenerator<Placed<MarkdownPost>[]> {
  let batch: Placed<MarkdownPost>[] = []
  let characters = 0
  for (const path of paths) {
    const value = parseMarkdown(path, await readText(folder, path))
    batch.push({ where: path, value })
    characters += value.body.length
    if (batch.length < filesPerBatch && characters < charactersPerBatch) continue
    yield batch
    batch = []
    characters = 0
  }
  if (batch.length > 0) yield batch
}

async function readText(folder: string, path: string): Promise<string> {
  const file = join(folder, path)
  if ((await stat(file)).size > mostBytes) throw new ConfigError(`${path}: Is too long for a post.`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file))
  } catch (error) {
    if (error instanceof TypeError) throw new ConfigError(`${path}: Is not UTF-8.`)
    throw error
  }
}

/**
 * Adds posts but those whose title and text the author has in a post already, or had before changing it: so that an
 * import can be run again, whatever was done to its posts. The posts themselves are the memory of what was imported:
 * a file beside the folder could tell something else after a crash, and idempotency keys are kept for a day.
 */
async function storeMarkdown(db: Database, files: MarkdownPost[], authorId: string): Promise<number> {
  const rows = files.map((file, place) => ({ ...file, ...derivedColumns(file), place }))
  const added = db.$with('added', { id: sql<string>`id`.as('id') }).as(sql`
    insert into posts (author_id, title, body, tags, search, excerpt, search_rules, status, created_at, updated_at, published_at)
    select ${authorId}::uuid, title, body, tags, search, excerpt, search_rules, status, at, at,
      case status when 'published' then at end
    from (
      select distinct on (title, body) *, coalesce(date, now()) as at
      from json_to_recordset(${JSON.stringify(rows)}::json)
        as row (place int, title text, body text, tags text[], search tsvector, excerpt text, search_rules smallint, status text,
          date timestamptz(3))
      order by title, body, place
    ) as file
    where not exists (
      select from posts
      where author_id = ${authorId}::uuid and posts.title = file.title and posts.body = file.body
    ) and not exists (
      select from post_revisions as old join posts on posts.id = old.post_id
      where author_id = ${authorId}::uuid and old.title = file.title and old.body = file.body
    )
    order by place
    returning id`)
  const ids = await db.with(added).select({ id: added.id }).from(added)
  return ids.length
}
