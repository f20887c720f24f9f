import { sql } from 'drizzle-orm'
import { ConfigError } from '../../config/config.ts'
import type { Database } from '../../db/database.ts'
import type { MovedRecord } from './records.ts'
import { type Placed, reasons } from './store.ts'

/** Finds the records of an export that the database would refuse, before anything is stored. */
export interface Conflicts {
  /** Notes the id of a user or post, so that a reference to an invalid line is not reported as a second error. */
  announce(value: unknown): void
  /** An error for each record that could not be stored. */
  of(batch: Placed<MovedRecord>[]): Promise<ConfigError[]>
}

/** A refused record: its position in the batch, and the constraint that it would violate. */
interface Refused extends Record<string, unknown> {
  place: number
  constraint: string
}

/**
 * Compares an export with a database, batch by batch. Keeps the ids and names of the export in memory: about 100 bytes
 * per record.
 */
export function findConflicts(db: Database): Conflicts {
  const announced = new Set<string>()
  const stored = new Set<string>()

  /** Whether an earlier record of the export has the same key. */
  const isRepeated = (key: string) => {
    const isKnown = stored.has(key)
    stored.add(key)
    return isKnown
  }

  const repeated = ({ where, value }: Placed<MovedRecord>) =>
    keysOf(value)
      .filter(([, key]) => isRepeated(key))
      .map(([field]) => new ConfigError(`${where}: ${field}: Another line above has the same.`))

  return {
    announce: (value) => {
      const { kind, id } = (value ?? {}) as { kind?: unknown; id?: unknown }
      if (kind === 'user' || kind === 'post') announced.add(`${kind} ${id}`)
    },
    of: async (batch) => {
      const rows = batch.map(({ value }, place) => ({
        place,
        ...value,
        is_author_above: 'author_id' in value && announced.has(`user ${value.author_id}`),
        is_post_above: 'post_id' in value && announced.has(`post ${value.post_id}`),
      }))
      const refused = await refusedBy(db, rows)
      return [
        ...batch.flatMap(repeated),
        ...refused.map(
          ({ place, constraint }) => new ConfigError(`${batch[place]?.where}: ${reasons[constraint]}`),
        ),
      ]
    },
  }
}

/** The values that must be unique within an export. */
function keysOf(value: MovedRecord): [field: string, key: string][] {
  switch (value.kind) {
    case 'user':
      return [
        ['id', `user ${value.id}`],
        ['username', `username ${value.username}`],
        ['email', `email ${value.email}`],
      ]
    case 'revision':
      return [['number', `revision ${value.post_id} ${value.number}`]]
    case 'end':
      return []
    default:
      return [['id', `${value.kind} ${value.id}`]]
  }
}

/** The same conditions as in store-records.ts, which ignores records whose id exists already. */
async function refusedBy(db: Database, rows: object[]): Promise<Refused[]> {
  if (rows.length === 0) return []
  const refused = db
    .$with('refused', {
      place: sql<number>`place`.as('place'),
      constraint: sql<string>`"constraint"`.as('constraint'),
    })
    .as(sql`
    with row as materialized (
      select * from json_to_recordset(${JSON.stringify(rows)}::json) as row (place int, kind text, id text,
        username text, email text, author_id uuid, post_id bigint, created_at timestamptz(3),
        is_author_above boolean, is_post_above boolean)
    )
    select place, 'users_username_key' as constraint from row join users on users.username = row.username
      where kind = 'user' and users.id::text <> lower(row.id)
    union all
    select place, 'users_email_key' from row join users on users.email = row.email
      where kind = 'user' and users.id::text <> lower(row.id)
    union all
    select place, 'posts_pkey' from row join posts on posts.id = case kind when 'post' then row.id::bigint end
      where posts.author_id <> row.author_id or posts.created_at <> row.created_at
    union all
    select place, 'comments_pkey' from row join comments on comments.id = case kind when 'comment' then row.id::bigint end
      where comments.post_id <> row.post_id or comments.author_id <> row.author_id
        or comments.created_at <> row.created_at
    union all
    select place, case kind when 'post' then 'posts_author_id_users_id_fk' else 'comments_author_id_users_id_fk' end
      from row where kind in ('post', 'comment') and not is_author_above
        and not exists (select from users where users.id = row.author_id)
    union all
    select place, case kind when 'comment' then 'comments_post_id_posts_id_fk' else 'post_revisions_post_id_posts_id_fk' end
      from row where kind in ('comment', 'revision') and not is_post_above
        and not exists (select from posts where posts.id = row.post_id)`)
  return db.with(refused).select().from(refused).orderBy(refused.place)
}
