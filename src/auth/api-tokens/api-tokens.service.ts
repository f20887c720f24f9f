import { and, arrayContains, desc, eq, gte, isNull, lt, lte, ne, or, type SQL, sql } from 'drizzle-orm'
import { v7 as uuidv7 } from 'uuid'
import type { Deps } from '../../api/context.ts'
import { type TokenScope, tokenScopeNames } from '../../api/scopes.ts'
import type { Database } from '../../db/database.ts'
import { violatedConstraint } from '../../db/errors.ts'
import { areMet, type Preconditions } from '../../db/preconditions.ts'
import { ApiError, invalidValue } from '../../errors/api-error.ts'
import { meetsPreconditions } from '../../http/conditional.ts'
import { users } from '../../users/users.table.ts'
import { sessions } from '../sessions/sessions.table.ts'
import { defaultLifetimeOf } from './api-tokens.schemas.ts'
import { type ApiTokenRow, apiTokens } from './api-tokens.table.ts'
import { hashOf, newApiToken } from './token-format.ts'

/** Maximum number of API tokens of a user that are neither revoked nor expired. */
const maxTokens = 100

interface NewToken {
  userId: string
  name: string
  scopes: readonly TokenScope[]
  /** Lifetime in seconds; the default is `defaultLifetimeOf`. */
  expiresIn?: number | undefined
  /** The network of the request, as in the keys of limits. */
  network?: string
  /** The session of the request, and the generation of the account when log-in or password was checked. */
  checked?: { sessionId: string; generation: number }
}

/**
 * Creates an API token, if the session is open and the account has not changed since the check. Stores only a hash of it.
 * @throws ApiError request.invalid, api_tokens.too_many, auth.session_revoked
 */
export async function createApiToken(
  db: Database,
  token: NewToken,
  deps: Deps,
): Promise<{ row: ApiTokenRow; token: string }> {
  const { API_TOKEN_MAX_AGE } = deps.config
  const { expiresIn = defaultLifetimeOf(deps.config) } = token
  if (expiresIn > API_TOKEN_MAX_AGE) {
    throw invalidValue({
      location: 'body',
      pointer: '/expires_in',
      code: 'too_large',
      message: `Must be at most ${API_TOKEN_MAX_AGE}.`,
    })
  }
  const text = newApiToken()
  const row = await insertToken(db, { ...token, expiresIn, text }, deps)
  return { row, token: text }
}

type PreparedToken = NewToken & { expiresIn: number; text: string }

/** Concurrent requests can choose the same free slot. Then one of them fails, and tries again with another slot. */
async function insertToken(
  db: Database,
  token: PreparedToken,
  deps: Deps,
  attemptsLeft = 10,
): Promise<ApiTokenRow> {
  try {
    const [row] = await insertIntoSlot(db, token, deps)
    if (row) return row
  } catch (error) {
    if (violatedConstraint(error) !== 'api_tokens_slot_key' || attemptsLeft === 0) throw error
    return insertToken(db, token, deps, attemptsLeft - 1)
  }
  if (!(await isStillAllowed(db, token))) throw new ApiError('auth.session_revoked')
  const freed = attemptsLeft > 0 && (await freeExpiredSlots(db, token.userId, deps))
  if (!freed) throw new ApiError('api_tokens.too_many')
  return insertToken(db, token, deps, 0)
}

/**
 * Locks the row of the user until the token is committed. A change of the account either commits before, so that the
 * condition is false, or waits for this statement. The unique index on slots keeps concurrent requests within the
 * maximum.
 */
function insertIntoSlot(db: Database, { userId, checked, text, ...token }: PreparedToken, { now }: Deps) {
  const account = db.$with('account').as(
    db
      .select({ id: users.id, generation: users.generation })
      .from(users)
      .where(and(eq(users.id, userId), isAsChecked(db, checked)))
      .for('share'),
  )
  const free = db.$with('free', { slot: sql<number>`slot`.as('slot') }).as(sql`
    select min(n) as slot from generate_series(1, ${sql.raw(String(maxTokens))}) as n
    where not exists (select from api_tokens where user_id = ${userId} and slot = n)`)
  const at = now()
  const time = (milliseconds: number) => sql`${new Date(milliseconds).toISOString()}::timestamptz`
  // INSERT … SELECT needs the order of the table's columns.
  const values = {
    id: sql`${uuidv7()}::uuid`.as('id'),
    userId: account.id,
    slot: free.slot,
    generation: account.generation,
    name: sql`${token.name}::text`.as('name'),
    scopes: sql`${arrayText(inOrder(token.scopes))}::text[]`.as('scopes'),
    tokenHash: sql`${hashOf(text)}::text`.as('token_hash'),
    lastFour: sql`${text.slice(-4)}::text`.as('last_four'),
    version: sql`1`.as('version'),
    createdAt: time(at).as('created_at'),
    expiresAt: time(at + token.expiresIn * 1000).as('expires_at'),
    lastUsedAt: sql`null::timestamptz`.as('last_used_at'),
    lastUsedAddress: sql`null::text`.as('last_used_address'),
    networks: sql`array_remove(array[${token.network ?? null}::text], null)`.as('networks'),
    revokedAt: sql`null::timestamptz`.as('revoked_at'),
  }
  return db
    .with(account, free)
    .insert(apiTokens)
    .select(db.select(values).from(account).innerJoin(free, sql`${free.slot} is not null`))
    .returning()
}

/** Scopes in the order of the document, so that equal sets of scopes are equal arrays. */
function inOrder(scopes: readonly TokenScope[]): TokenScope[] {
  return tokenScopeNames.filter((name) => scopes.includes(name))
}

/** A PostgreSQL array literal of words that need no quotation marks, such as scopes. */
function arrayText(words: readonly string[]): string {
  return `{${words.join(',')}}`
}

/** The condition that session and account are as checked. The command line checks nothing. */
function isAsChecked(db: Database, checked: NewToken['checked']): SQL | undefined {
  if (!checked) return undefined
  const open = db
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(eq(sessions.id, checked.sessionId), eq(sessions.userId, users.id), isNull(sessions.endedAt)))
  return and(eq(users.generation, checked.generation), isNull(users.disabledAt), sql`exists ${open}`)
}

async function isStillAllowed(db: Database, { userId, checked }: NewToken): Promise<boolean> {
  const found = await db
    .select({ id: users.id })
    .from(users)
    .where(and(eq(users.id, userId), isAsChecked(db, checked)))
  return found.length > 0
}

/** Frees the slots of expired tokens. Returns whether there were any. */
async function freeExpiredSlots(db: Database, userId: string, { now }: Deps): Promise<boolean> {
  const freed = await db
    .update(apiTokens)
    .set({ slot: null })
    .where(
      and(
        eq(apiTokens.userId, userId),
        sql`${apiTokens.slot} is not null`,
        lte(apiTokens.expiresAt, new Date(now())),
      ),
    )
    .returning({ id: apiTokens.id })
  return freed.length > 0
}

interface ListTokens {
  userId: string
  before?: string | undefined
  limit: number
}

/** Lists the API tokens of a user, newest first. Includes expired tokens until the cleanup. */
export function listApiTokens(db: Database, { userId, before, limit }: ListTokens): Promise<ApiTokenRow[]> {
  return db
    .select()
    .from(apiTokens)
    .where(
      and(
        eq(apiTokens.userId, userId),
        isNotRevoked(userId),
        before === undefined ? undefined : lt(apiTokens.id, before),
      ),
    )
    .orderBy(desc(apiTokens.id))
    .limit(limit)
}

/** Lists all API tokens of a user, newest first. */
export function listAllApiTokens(db: Database, userId: string): Promise<ApiTokenRow[]> {
  return listApiTokens(db, { userId, limit: 10_000 })
}

/** The condition that neither the token nor its generation was revoked. */
function isNotRevoked(userId: string): SQL | undefined {
  return and(
    isNull(apiTokens.revokedAt),
    gte(apiTokens.generation, sql`(select token_generation from users where id = ${userId})`),
  )
}

interface OneToken {
  id: string
  userId: string
}

interface ChangeToken extends OneToken {
  preconditions: Preconditions
}

/**
 * Changes name and scopes. The statement itself checks that no scope is added, so that a concurrent change cannot bring
 * back a removed scope. A request without changes keeps the version.
 * @throws ApiError api_tokens.not_found, precondition.failed, request.invalid for scopes that it does not have
 */
export async function updateApiToken(
  db: Database,
  {
    changes,
    ...change
  }: ChangeToken & { changes: { name?: string | undefined; scopes?: TokenScope[] | undefined } },
  deps: Deps,
): Promise<ApiTokenRow> {
  const { name } = changes
  const scopes = changes.scopes && inOrder(changes.scopes)
  const isOther =
    or(
      name === undefined ? undefined : ne(apiTokens.name, name),
      scopes === undefined ? undefined : ne(apiTokens.scopes, scopes),
    ) ?? sql`false`
  const [row] = await db
    .update(apiTokens)
    .set({
      ...(name !== undefined && { name }),
      ...(scopes !== undefined && { scopes }),
      version: sql`case when ${isOther} then ${apiTokens.version} + 1 else ${apiTokens.version} end`,
    })
    .where(
      and(isChangeable(change), scopes === undefined ? undefined : arrayContains(apiTokens.scopes, scopes)),
    )
    .returning()
  if (!row) return refuse(db, change)
  deps.apiTokens.invalidate({ tokenId: row.id })
  return row
}

/** Revokes a token. This server refuses it at once, the others within a second. @throws as updateApiToken */
export async function revokeApiToken(db: Database, change: ChangeToken, deps: Deps): Promise<void> {
  const [row] = await db
    .update(apiTokens)
    .set({ revokedAt: sql`now()`, slot: null })
    .where(isChangeable(change))
    .returning({ id: apiTokens.id })
  if (!row) await refuse(db, change)
  deps.apiTokens.invalidate({ tokenId: change.id })
}

function isChangeable({ id, userId, preconditions }: ChangeToken): SQL | undefined {
  return and(
    eq(apiTokens.id, id),
    eq(apiTokens.userId, userId),
    isNotRevoked(userId),
    areMet(preconditions, [apiTokens.version]),
  )
}

/** Finds out why a change matched no row. @throws ApiError */
async function refuse(db: Database, { id, userId, preconditions }: ChangeToken): Promise<never> {
  const row = await readApiToken(db, { id, userId })
  if (!meetsPreconditions(preconditions, [row.version])) throw new ApiError('precondition.failed')
  throw invalidValue({
    location: 'body',
    pointer: '/scopes',
    code: 'more_scopes',
    message: 'Must be a subset of the scopes of the token. Create another token for more.',
  })
}

async function readApiToken(db: Database, { id, userId }: OneToken): Promise<ApiTokenRow> {
  const [row] = await db
    .select()
    .from(apiTokens)
    .where(and(eq(apiTokens.id, id), eq(apiTokens.userId, userId), isNotRevoked(userId)))
  if (!row) throw new ApiError('api_tokens.not_found')
  return row
}
