import type { AppContext } from '../src/api/context.ts'
import { encodeCursor } from '../src/api/pagination.ts'
import { importKeys } from '../src/auth/keys/keys.ts'

/** A cursor of Gatepost's list of newest posts that continues after this post. */
export async function deepCursor([time, id]: readonly [Date, number], secret: string): Promise<string> {
  const keys = await importKeys({ secret })
  const context = { get: () => ({ keys }) } as unknown as AppContext // the only part that encodeCursor reads
  return encodeCursor(context, [time.toISOString(), id], { list: 'posts', filters: { sort: 'newest' } })
}
