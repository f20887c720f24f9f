import type { z } from 'zod'
import type { Workload } from '../db/workload.ts'
import type { AppCheck, AppContext } from './context.ts'

/** The workload of a route, or a function that derives it from the input. */
export type DeclaredWorkload = Workload | ((c: AppContext) => Workload)

/** A workload that depends on the query; `schema` is the query schema of the route. */
export function byQuery<T extends z.ZodType>(
  _schema: T,
  choose: (query: z.output<T>) => Workload,
): DeclaredWorkload {
  return (c) => choose(c.req.valid('query' as never)) // the types know validated input only in the context of a handler
}

/**
 * Gives the handler a connection for the declared workload. Without a declaration, the handler keeps the current one.
 */
export function connectFor(workload: DeclaredWorkload | undefined): AppCheck[] {
  if (workload === undefined) return []
  const workloadOf = typeof workload === 'string' ? () => workload : workload
  return [(c) => c.set('db', c.get('deps').connect(c, workloadOf(c)))]
}
