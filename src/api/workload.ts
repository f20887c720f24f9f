import type { z } from 'zod'
import type { Workload } from '../db/workload.ts'
import type { AppCheck, AppContext } from './context.ts'

/** The workload of a route, or how it follows from the input. */
export type DeclaredWorkload = Workload | ((c: AppContext) => Workload)

/** The workload of a route whose query decides; `schema` is that of the route. */
export function byQuery<T extends z.ZodType>(
  _schema: T,
  choose: (query: z.output<T>) => Workload,
): DeclaredWorkload {
  return (c) => choose(c.req.valid('query' as never)) // the types know it of the context of a handler alone
}

/** Gives the handler a connection for what the route's contract declares; without that it keeps the one it has. */
export function connectFor(workload: DeclaredWorkload | undefined): AppCheck[] {
  if (workload === undefined) return []
  const workloadOf = typeof workload === 'string' ? () => workload : workload
  return [(c) => c.set('db', c.get('deps').connect(c, workloadOf(c)))]
}
