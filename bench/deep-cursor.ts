import type { AppContext } from '../src/api/context.ts'
import { encodeCursor } from '../src/api/pagination.ts'
import { importKeys } from '../src/auth/keys/keys.ts'

/** A cursor of Gatepost's list of newest posts that goes on after this post. */
export async function deepCursor([time, id]: readonly [Date, number], secret: string): Promise<string> {
  const keys = await importKeys({ secret })
  const context = { get: () => ({ keys }) } as unknown as AppContext // all that encodeCursor looks at
  return encodeCursor(context, [time.toISOString(), id], { list: 'posts', filters: { sort: 'newest' } })
}
