import { ConfigError } from '../../config/config.ts'
import { isDatabaseUnavailable, violatedConstraint } from '../../db/errors.ts'
import { describeError } from '../../errors/describe-error.ts'
import type { Faults } from './faults.ts'

/** A value to store, with its place in the import: `line 5`, or the name of a file. */
export interface Placed<T> {
  where: string
  value: T
}

/** Messages for violated constraints. */
export const reasons: Record<string, string> = {
  users_username_key: 'username: Belongs to another account of this database.',
  users_username_skeleton_key:
    'username: Looks like that of another account of this database. To keep both, add "looks_like_another": true to the line.',
  users_email_key: 'email: Belongs to another account of this database.',
  posts_pkey:
    'id: This database has another post with it. Posts keep their ids: import into an empty database.',
  comments_pkey:
    'id: This database has another comment with it. Comments keep their ids: import into an empty database.',
  posts_author_id_users_id_fk: 'author_id: There is no such user in this database or above.',
  comments_author_id_users_id_fk: 'author_id: There is no such user in this database or above.',
  comments_post_id_posts_id_fk: 'post_id: There is no such post in this database or above.',
  post_revisions_post_id_posts_id_fk: 'post_id: There is no such post in this database or above.',
}

/**
 * Stores many values at once. If the database refuses one, each is stored by itself, and refused ones are noted with
 * their place.
 */
export async function storeAll<T>(
  rows: Placed<T>[],
  store: (values: T[]) => Promise<unknown>,
  faults: Faults,
): Promise<void> {
  if (rows.length === 0) return
  try {
    await store(rows.map(({ value }) => value))
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw error
    for (const row of rows) await store([row.value]).catch((reason) => faults.add(refusal(row, reason)))
  }
}

/** The message for an error of the database. @throws every other error again */
function refusal({ where }: Placed<unknown>, error: unknown): ConfigError {
  if (isDatabaseUnavailable(error)) throw error
  const { code } = describeError(error)
  if (code === undefined) throw error // not an error of the database, but a bug
  const reason = reasons[violatedConstraint(error) ?? ''] ?? `Cannot be stored in this database (${code}).`
  return new ConfigError(`${where}: ${reason}`)
}
