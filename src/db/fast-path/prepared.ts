import type { Database } from '../database.ts'
import { installDirectExecute } from './direct-execute.ts'
import { installRowMapper } from './row-mapper.ts'

/**
 * Builds a query once for each database connection. With `.prepare('name')`, PostgreSQL also plans it only once:
 *
 *     const postById = prepared((db) => db.select().from(posts).where(eq(posts.id, sql.placeholder('id'))).prepare('post_by_id'))
 *     await postById(db).execute({ id })
 */
export function prepared<T extends object>(build: (db: Database) => T): (db: Database) => T {
  const built = new WeakMap<Database, { query: T }>()
  return (db) => {
    let entry = built.get(db)
    if (entry === undefined) {
      entry = { query: build(db) }
      installRowMapper(entry.query)
      installDirectExecute(entry.query)
      built.set(db, entry)
    }
    return entry.query
  }
}
