import { ensureFirstAdmin } from '../accounts/first-admin.ts'
import type { Deps } from '../api/context.ts'
import { recordSigningKey } from '../audit/key-events.ts'
import type { DatabaseHandle } from '../db/database.ts'

/** Runs once at a start, whatever the number of processes. @throws ConfigError */
export async function prepare(deps: Deps, database: DatabaseHandle): Promise<void> {
  await ensureFirstAdmin(deps, database.connect('write'))
  await recordSigningKey(database.connect('write'), deps)
}
