// The exports of `gatepost/client`.
export type * from './api.generated.ts'
export { createClient, type GatepostClient } from './client.ts'
export type { ClientOptions } from './options.ts'
export { type AnyProblem, type ProblemCode, ProblemError } from './problem.ts'
export { inMemory, inStorage, type SessionStore, type SessionTokens } from './session-store.ts'
export type { Data, ErrorOf, Item, ListPath, Result, StoredSession } from './types.ts'
