import type { TokenScope } from '../api/scopes.ts'
import { recordEvent } from '../audit/audit.service.ts'
import { CreateApiToken, toApiToken } from '../auth/api-tokens/api-tokens.schemas.ts'
import { createApiToken, listAllApiTokens, revokeApiToken } from '../auth/api-tokens/api-tokens.service.ts'
import { type Config, ConfigError } from '../config/config.ts'
import type { Database } from '../db/database.ts'
import { noPreconditions } from '../http/conditional.ts'
import { createLog } from '../node/log.ts'
import { findUser } from '../users/users.service.ts'
import { column, isolated } from './columns.ts'
import { withDeps } from './with-deps.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)

interface CreateToken {
  name: string
  scope: TokenScope[]
  /** Seconds. */
  expiresIn?: number
}

/** Creates an API token for a user. Standard output contains only the token, for scripts. */
export async function createToken(
  config: Config,
  username: string,
  { name, scope, expiresIn }: CreateToken,
): Promise<void> {
  const parsed = CreateApiToken.safeParse({ name, scopes: [...new Set(scope)], expires_in: expiresIn })
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'),
    )
  }
  await withDeps(config, async (db, deps) => {
    const user = await findUser(db, username)
    const { scopes } = parsed.data
    const { row, token } = await createApiToken(
      db,
      { userId: user.id, name: parsed.data.name, scopes, expiresIn },
      deps,
    )
    await record(db, {
      action: 'api_token.created',
      userId: user.id,
      detail: { token: row.id, scopes: row.scopes.join(' ') },
    })
    process.stderr.write(
      `Created ${row.id} for ${user.username}: ${row.scopes.join(' ')}, until ${toApiToken(row, config).expires_at}.\n`,
    )
    say(token)
  })
}

/** Lists the API tokens of a user, newest first. */
export async function printTokens(
  config: Config,
  username: string,
  { json }: { json?: boolean },
): Promise<void> {
  await withDeps(config, async (db) => {
    const { id } = await findUser(db, username)
    for (const row of await listAllApiTokens(db, id)) {
      const token = toApiToken(row, config)
      const used = token.last_used_at === null ? 'never used' : `used ${token.last_used_at}`
      say(
        json
          ? JSON.stringify(token)
          : `${token.id}  ${token.prefix}…${token.last_four}  until ${token.expires_at}  ${column(used, 29)}  ${column(token.scopes.join(' '), 24)}  ${isolated(token.name)}`,
      )
    }
  })
}

/** Revokes an API token of a user; servers refuse it within a second. */
export async function revokeToken(config: Config, username: string, id: string): Promise<void> {
  await withDeps(config, async (db, deps) => {
    const user = await findUser(db, username)
    await revokeApiToken(db, { id, userId: user.id, preconditions: noPreconditions }, deps)
    await record(db, { action: 'api_token.revoked', userId: user.id, detail: { token: id } })
    say(`${id} is revoked.`)
  })
}

/** Records an event only in the database, since standard output must contain only the token. */
async function record(db: Database, event: Parameters<typeof recordEvent>[2]): Promise<void> {
  await recordEvent(db, await createLog('silent'), event)
}
