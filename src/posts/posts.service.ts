import { and, arrayContains, asc, desc, eq, gt, inArray, lt, type SQL, sql } from 'drizzle-orm'
import type { CurrentUser } from '../context.ts'
import type { Database } from '../db/client.ts'
import { violatedConstraint } from '../db/errors.ts'
import { prepared } from '../db/prepared.ts'
import { ApiError } from '../errors.ts'
import { users } from '../users/users.table.ts'
import type { CreatePost, UpdatePost } from './posts.schemas.ts'
import { posts } from './posts.table.ts'

const summaryColumns = {
  id: posts.id,
  title: posts.title,
  excerpt: posts.excerpt,
  tags: posts.tags,
  authorId: posts.authorId,
  authorName: users.username,
  createdAt: posts.createdAt,
  updatedAt: posts.updatedAt,
}

const postColumns = {
  id: posts.id,
  title: posts.title,
  body: posts.body,
  tags: posts.tags,
  status: posts.status,
  version: posts.version,
  authorId: posts.authorId,
  createdAt: posts.createdAt,
  updatedAt: posts.updatedAt,
}

/** What a write returns: the post as it is now, with its author. */
const changedColumns = {
  ...postColumns,
  authorName: sql<string>`(select username from users where users.id = ${posts.authorId})`,
  authorVersion: sql<number>`(select version from users where users.id = ${posts.authorId})`,
}

export type PostRow = Awaited<ReturnType<typeof readPost>>
export type SummaryRow = Awaited<ReturnType<typeof listPosts>>[number]

interface ListPosts {
  author?: string | undefined
  tag?: string[] | undefined
  q?: string | undefined
  sort: 'newest' | 'oldest'
  /** Id of the last post of the page before. */
  after?: number | undefined
  limit: number
}

/** Published posts by keyset: a page costs the same however deep it lies. */
export function listPosts(db: Database, { author, tag, q, sort, after, limit }: ListPosts) {
  const conditions: (SQL | undefined)[] = [
    eq(posts.status, 'published'),
    author === undefined ? undefined : sql`${posts.authorId} = ${authorId(author)}`,
    tag === undefined ? undefined : arrayContains(posts.tags, tag),
    q === undefined ? undefined : sql`${posts.search} @@ websearch_to_tsquery('simple', ${q})`,
    after === undefined ? undefined : (sort === 'newest' ? lt : gt)(posts.id, after),
  ]
  return db
    .select(summaryColumns)
    .from(posts)
    .innerJoin(users, eq(users.id, posts.authorId))
    .where(and(...conditions))
    .orderBy((sort === 'newest' ? desc : asc)(posts.id))
    .limit(limit)
}

/** The author's id; usernames never look like one, since they have at most 32 characters. */
function authorId(author: string): SQL {
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(author)
  return isId ? sql`${author}::uuid` : sql`(select id from users where username = ${author})`
}

const readPostQuery = prepared((db) =>
  db
    .select({ ...postColumns, authorName: users.username, authorVersion: users.version })
    .from(posts)
    .innerJoin(users, eq(users.id, posts.authorId))
    .where(eq(posts.id, sql.placeholder('id')))
    .prepare('posts_read'),
)

/** One post, as far as this user may see it. @throws ApiError posts.not_found */
export async function readPost(db: Database, { id, reader }: { id: number; reader: CurrentUser }) {
  const [post] = await readPostQuery(db).execute({ id })
  if (!post || (post.status === 'draft' && !mayChange(reader, post))) throw new ApiError('posts.not_found')
  return post
}

/** Adds a post. @throws ApiError auth.token_invalid if the author's account is gone */
export async function createPost(db: Database, { author, post }: { author: CurrentUser; post: CreatePost }) {
  const [row] = await db
    .insert(posts)
    .values({ authorId: author.id, ...post })
    .returning(changedColumns)
    .catch(refuseGoneAuthor)
  if (!row) throw new Error('INSERT … RETURNING returned nothing.')
  return row
}

interface ChangePost {
  id: number
  user: CurrentUser
  /** Versions that the client allows to be changed; any if absent. */
  versions: number[] | undefined
}

/** Changes a post. @throws ApiError posts.not_found, auth.forbidden, precondition.failed */
export async function updatePost(db: Database, change: ChangePost & { changes: UpdatePost }) {
  const isChange = Object.values(change.changes).some((value) => value !== undefined)
  const [row] = await db
    .update(posts)
    .set({
      ...change.changes,
      version: isChange ? sql`${posts.version} + 1` : posts.version,
      updatedAt: isChange ? sql`now()` : posts.updatedAt,
    })
    .where(changeable(change))
    .returning(changedColumns)
  return row ?? refuseChange(db, change)
}

/** Deletes a post. @throws ApiError posts.not_found, auth.forbidden, precondition.failed */
export async function deletePost(db: Database, change: ChangePost): Promise<void> {
  const [row] = await db.delete(posts).where(changeable(change)).returning({ id: posts.id })
  if (!row) await refuseChange(db, change)
}

/** The conditions stand in the statement itself: between a check and a write others could change the post. */
function changeable({ id, user, versions }: ChangePost): SQL | undefined {
  return and(
    eq(posts.id, id),
    user.role === 'admin' ? undefined : eq(posts.authorId, user.id),
    versions && (versions.length > 0 ? inArray(posts.version, versions) : sql`false`),
  )
}

/** Finds out why nothing was changed. */
async function refuseChange(db: Database, { id, user }: ChangePost): Promise<never> {
  const post = await readPost(db, { id, reader: user })
  throw new ApiError(mayChange(user, post) ? 'precondition.failed' : 'auth.forbidden')
}

function mayChange(user: CurrentUser, post: { authorId: string }): boolean {
  return user.role === 'admin' || user.id === post.authorId
}

function refuseGoneAuthor(error: unknown): never {
  if (violatedConstraint(error) === 'posts_author_id_users_id_fk') throw new ApiError('auth.token_invalid')
  throw error
}
