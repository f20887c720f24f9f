import { asc, isNull, sql } from 'drizzle-orm'
import type { Database } from '../db/database.ts'
import { violatedConstraint } from '../db/errors.ts'
import { skeletonOf } from '../text/skeleton.ts'
import { users } from './users.table.ts'

const rowsPerBatch = 1000

/**
 * Stores the look-alike form (skeleton) of usernames that have none: from before look-alikes were refused, or from an
 * older instance. SQL cannot compute it, so this runs with the migrations. If two existing names look alike, both
 * accounts stay, and the older one keeps the skeleton. Returns the number of stored skeletons.
 */
export async function fillSkeletons(db: Database): Promise<number> {
  let filled = 0
  let last: string | undefined
  for (;;) {
    const rows = await db
      .select({ id: users.id, username: users.username })
      .from(users)
      .where(
        sql`${isNull(users.usernameSkeleton)} and ${last === undefined ? sql`true` : sql`${users.id} > ${last}`}`,
      )
      .orderBy(asc(users.id))
      .limit(rowsPerBatch)
    filled += await store(
      db,
      rows.map(({ id, username }) => ({ id, username, skeleton: skeletonOf(username) })),
    )
    last = rows.at(-1)?.id
    if (rows.length < rowsPerBatch) return filled
  }
}

interface Skeleton {
  id: string
  username: string
  skeleton: string
}

/** If someone registers a look-alike name at the same moment, the UPDATE fails. The next start tries again. */
async function store(db: Database, rows: Skeleton[]): Promise<number> {
  if (rows.length === 0) return 0
  const filled = db.$with('filled', { id: sql<string>`id`.as('id') }).as(sql`
    update users set username_skeleton = row.skeleton
    from (
      select distinct on (skeleton) * from json_to_recordset(${JSON.stringify(rows)}::json)
        as row (id uuid, username text, skeleton text)
      order by skeleton, id
    ) as row
    where users.id = row.id and users.username = row.username and users.username_skeleton is null
      and not exists (select from users as other where other.username_skeleton = row.skeleton)
    returning users.id`)
  try {
    return (await db.with(filled).select({ id: filled.id }).from(filled)).length
  } catch (error) {
    if (isTaken(error)) return 0
    throw error
  }
}

function isTaken(error: unknown): boolean {
  return violatedConstraint(error) === 'users_username_skeleton_key'
}
