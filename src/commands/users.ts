import { changeUser, setPassword as replacePassword } from '../accounts/account.service.ts'
import type { Role } from '../api/roles.ts'
import { createAccount } from '../auth/log-in/log-in.service.ts'
import { type Config, ConfigError } from '../config/config.ts'
import { RegisterUser, toUserForAdmin } from '../users/users.schemas.ts'
import { findUser, listUsers } from '../users/users.service.ts'
import { column, isolated } from './columns.ts'
import { readPassword } from './read-password.ts'
import { withDeps } from './with-deps.ts'

const print = (line: string) => process.stdout.write(`${line}\n`)

interface CreateUser {
  username: string
  email: string
  role: Role
}

/** Creates an account; the password comes from standard input. */
export async function createUser(config: Config, { username, email, role }: CreateUser): Promise<void> {
  const account = RegisterUser.safeParse({ username, email, password: await readPassword() })
  if (!account.success) {
    throw new ConfigError(
      account.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'),
    )
  }
  const user = await withDeps(config, (db, deps) => createAccount(db, { ...account.data, role }, deps))
  print(`Made ${user.role} ${user.username} (${user.id}).`)
}

interface PrintUsers {
  q?: string
  limit: number
  json?: boolean
}

/** Lists accounts, newest first. */
export async function printUsers(config: Config, { q, limit, json }: PrintUsers): Promise<void> {
  await withDeps(config, async (db) => {
    for (const row of await listUsers(db, { q, isAdmin: true, limit })) {
      const user = toUserForAdmin(row)
      print(
        json
          ? JSON.stringify(user)
          : `${user.id}  ${user.role.padEnd(5)}  ${column(user.username, 32)}  ${isolated(user.email ?? '')}${user.name === null ? '' : `  ${isolated(user.name)}`}${user.disabled ? '  disabled' : ''}`,
      )
    }
  })
}

/** Sets the role of an account. */
export async function setRole(config: Config, name: string, role: Role): Promise<void> {
  await withDeps(config, async (db, deps) => {
    const { id, username } = await findUser(db, name)
    await changeUser(db, { id, role }, deps)
    print(`${username} is now ${role}.`)
  })
}

/** Sets the password of an account to the one on standard input. */
export async function setPassword(config: Config, name: string): Promise<void> {
  const password = await readPassword()
  await withDeps(config, async (db, deps) => {
    const user = await findUser(db, name)
    await replacePassword(db, { user, password }, deps)
    print(`${user.username} has a new password.`)
  })
}
