import type { AppContext } from '../src/api/context.ts'
import { encodeCursor } from '../src/api/pagination.ts'
import { importKeys } from '../src/auth/keys/keys.ts'

/** Returns a function that makes cursors for Gatepost's list of newest posts. The peers can read them too. */
export async function cursorMaker(secret: string): Promise<(time: Date, id: number) => string> {
  const keys = await importKeys({ secret })
  const context = { get: () => ({ keys }) } as unknown as AppContext // the only part that encodeCursor reads
  const scope = { list: 'posts', filters: { sort: 'newest' } }
  return (time, id) => encodeCursor(context, [time.toISOString(), id], scope)
}
