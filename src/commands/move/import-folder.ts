import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { sql } from 'drizzle-orm'
import { type Config, ConfigError } from '../../config/config.ts'
import type { Database } from '../../db/database.ts'
import { derivedColumns } from '../../posts/search/derived-columns.ts'
import { findUser } from '../../users/users.service.ts'
import { withProgress } from '../progress.ts'
import { collectFaults, type Faults, refuseFaults, reportSkipped } from './faults.ts'
import { decodeUtf8 } from './lines.ts'
import { type MarkdownPost, parseMarkdown } from './markdown.ts'
import { withSlowDatabase } from './open-database.ts'
import { type Placed, storeAll } from './store.ts'

const filesPerBatch = 200
const charactersPerBatch = 1024 * 1024

/** The maximum size of a file; no post is longer. */
const maxBytes = 1024 * 1024

interface ImportFolder {
  folder: string
  /** Username or e-mail address. */
  author: string
  skipInvalid: boolean
}

/**
 * Imports the Markdown files of a folder and its subfolders as posts of one user. All files are checked before any post
 * is stored, unless `skipInvalid` is set.
 * @throws ConfigError with all errors
 */
export async function importFolder(
  config: Config,
  { folder, author, skipInvalid }: ImportFolder,
): Promise<void> {
  const paths = await markdownFiles(folder)
  if (paths.length === 0) throw new ConfigError(`${folder} has no Markdown files (*.md).`)
  const faults = collectFaults()
  let added = 0
  let read = 0
  await withSlowDatabase(config, async (db) => {
    const { id } = await findUser(db, author)
    if (!skipInvalid) {
      await withProgress('checking', paths.length, async (advance) => {
        for await (const batch of inBatches(folder, paths, faults)) advance(batch.length)
      })
      refuseFaults(faults)
    }
    await withProgress('files', paths.length, async (advance) => {
      for await (const batch of inBatches(folder, paths, faults)) {
        const store = async (files: MarkdownPost[]) => {
          added += await storeMarkdown(db, files, id)
        }
        await storeAll(batch, store, faults)
        read += batch.length
        advance(batch.length)
      }
    })
  })
  reportSkipped(faults)
  const skipped = paths.length - read
  process.stdout.write(
    `Posts of ${author}: ${added} imported, ${read - added} there already${skipped > 0 ? `, ${skipped} left out` : ''}.\n`,
  )
}

/** Folders whose names begin with a dot belong to other programs, such as .git and .obsidian. */
async function markdownFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && /\.(md|markdown)$/i.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !path.split(sep).some((name) => name.startsWith('.')))
    .sort()
}

/** The readable posts, in batches. Errors in other files are noted. */
async function* inBatches(
  folder: string,
  paths: string[],
  faults: Faults,
): AsyncGenerator<Placed<MarkdownPost>[]> {
  let batch: Placed<MarkdownPost>[] = []
  let characters = 0
  for (const path of paths) {
    const value = await readPost(folder, path).catch((error) => faults.add(error))
    if (!value) continue
    batch.push({ where: path, value })
    characters += value.body.length
    if (batch.length < filesPerBatch && characters < charactersPerBatch) continue
    yield batch
    batch = []
    characters = 0
  }
  if (batch.length > 0) yield batch
}

/** Reads a post. @throws ConfigError that names the file and all its errors */
async function readPost(folder: string, path: string): Promise<MarkdownPost> {
  const file = join(folder, path)
  let bytes: Uint8Array
  try {
    if ((await stat(file)).size > maxBytes) throw new ConfigError(`${path}: Is too long for a post.`)
    bytes = await readFile(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw code ? new ConfigError(`${path}: Cannot be read (${code}).`) : error
  }
  const text = decodeUtf8(bytes)
  if (text === undefined) throw new ConfigError(`${path}: Is not UTF-8: save it in this encoding.`)
  return parseMarkdown(path, text)
}

/**
 * Adds the posts, except those whose title and text already occur in a post of the author or in its revisions. So an
 * import can be repeated, even after changes to its posts. The database itself records what was imported: a file beside
 * the folder could differ after a crash, and idempotency keys are kept for only a day.
 */
async function storeMarkdown(db: Database, files: MarkdownPost[], authorId: string): Promise<number> {
  const rows = files.map((file, place) => ({ ...file, ...derivedColumns(file), place }))
  const added = db.$with('added', { id: sql<string>`id`.as('id') }).as(sql`
    insert into posts (author_id, title, body, tags, search, excerpt, tag_keys, search_rules, status, created_at, updated_at, published_at)
    select ${authorId}::uuid, title, body, tags, search, excerpt, tag_keys, search_rules, status, at, at,
      case status when 'published' then at end
    from (
      select distinct on (title, body) *, coalesce(date, now()) as at
      from json_to_recordset(${JSON.stringify(rows)}::json)
        as row (place int, title text, body text, tags text[], search tsvector, excerpt text, tag_keys text[], search_rules smallint,
          status text, date timestamptz(3))
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
