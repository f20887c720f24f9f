import type { Database } from '../database.ts'

/**
 * Builds a query once for each database connection. With `.prepare('name')`, PostgreSQL also plans it only once:
 *
 *     const postById = prepared((db) => db.select().from(posts).where(eq(posts.id, sql.placeholder('id'))).prepare('post_by_id'))
 *     await postById(db).execute({ id })
 */
export function prepared<T extends object>(build: (db: Database) => T): (db: Database) => T {
  const built = new WeakMap<Database, T>()
  return (db) => {
    const query = built.get(db) ?? build(db)
    built.set(db, query)
    return query
  }
}
