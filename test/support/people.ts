import { randomBytes } from 'node:crypto'
import type { Api, ApiResponse } from './api.ts'

/** The password of every user who does not need another. */
export const password = 'correct horse battery'

/** A user who is logged in. */
export interface Person {
  id: string
  username: string
  email: string
  password: string
  /** An access token. */
  token: string
  /** The whole response that contained the token. */
  session: any
}

interface Account {
  username: string
  email: string
  password: string
}

/** Registers a new user that no other test uses. */
export async function newUser(api: Api, overrides: Partial<Account> = {}): Promise<Person> {
  const username = `u-${randomBytes(6).toString('hex')}`
  const account = { username, email: `${username}@example.com`, password, ...overrides }
  return personOf(account, await api.post('/users', { json: account }), 201)
}

/** Logs in as the admin of the target, with a new session. All tests share the account: do not change it. */
export async function newAdmin(api: Api): Promise<Person> {
  const { username, password } = api.admin
  return personOf(api.admin, await api.post('/auth/token', { json: { username, password } }), 200)
}

function personOf(account: Account, { status, text, json }: ApiResponse, expected: number): Person {
  if (status !== expected) throw new Error(`${account.username} could not come in: ${status} ${text}`)
  const { id, username, email } = json.user
  return { id, username, email, password: account.password, token: json.access_token, session: json }
}
