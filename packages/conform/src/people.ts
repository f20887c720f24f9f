import { randomBytes } from 'node:crypto'
import type { Answer, Json, Person, Send } from './exchange.ts'

/** Nobody could be registered, so nothing that needs people can be checked. */
export class NoPeople extends Error {
  override name = 'NoPeople'
}

interface Account {
  username: string
  email: string
  password: string
}

/** A name that nobody has. */
export function uniqueName(name: string, run = randomBytes(5).toString('hex')): string {
  return `conform-${run}-${name}`
}

/** What somebody registers with; the password is like no other and in no other text. */
export function newAccount(name: string, run?: string): Account {
  const username = uniqueName(name, run)
  return { username, email: `${username}@conform.example.com`, password: newPassword() }
}

export const newPassword = () => `pw ${randomBytes(12).toString('hex')}`

/** The people of one run, registered when first asked for, and taken away at its end. */
export function createCast(send: Send) {
  const run = randomBytes(5).toString('hex')
  const known = new Map<string, Promise<Person>>()
  const everybody: Person[] = []
  /** Accounts that were made though they should not have been, by their ids. */
  const strays = new Map<string, Person>()

  /** Adds somebody whom an answer has registered. */
  function add(name: string, account: Account, answer: Answer): Person {
    const { json } = answer
    if (typeof json?.access_token !== 'string' || typeof json.user?.id !== 'string') {
      throw new NoPeople(
        `Nobody could be registered: POST /users was answered ${answer.status} ${json?.code ?? ''}.`,
      )
    }
    const person = toPerson(name, { ...account, id: json.user.id }, json)
    strays.delete(person.id)
    everybody.push(person)
    return person
  }

  async function register(name: string): Promise<Person> {
    const account = newAccount(name, run)
    return add(name, account, await send('/users', { method: 'POST', json: account }))
  }

  return {
    add,
    /** Remembers whom an answer has registered, so that no account stays behind, whatever a server takes. */
    notice({ method, path, status, json, requestBody }: Answer): void {
      if (method !== 'POST' || path !== '/users' || status >= 300 || !json?.user?.id) return
      const { id, username, email } = json.user
      const [, password = ''] = /"password":"([^"\\]*)"/.exec(requestBody ?? '') ?? []
      strays.set(id, toPerson('a stray', { id, username, email, password }, json))
    },
    strays: () => [...strays.values()],
    /** For whoever has deleted their account. */
    forget(person: Person): void {
      everybody.splice(everybody.indexOf(person), 1)
    },
    /** Deletes the account. Gives whether it is gone. */
    async remove(person: Person, sender: Send): Promise<boolean> {
      const { username, password } = person
      const json = { password }
      const answer = await sender('/users/me', { method: 'DELETE', as: person, json })
      if (answer.status === 204) return true
      const logIn = await sender('/auth/token', { method: 'POST', json: { username, password } })
      const token: string = logIn.json?.access_token ?? ''
      return (await sender('/users/me', { method: 'DELETE', token, json })).status === 204
    },
    everybody: () => everybody as readonly Person[],
    /** The person of this name; the same at each call. */
    person(name: string): Promise<Person> {
      const found = known.get(name) ?? register(name)
      known.set(name, found)
      return found
    },
    /** The admin whose credentials were given. */
    async logIn(username: string, password: string): Promise<Person> {
      const answer = await send('/auth/token', { method: 'POST', json: { username, password } })
      if (answer.status !== 200 || typeof answer.json?.access_token !== 'string') {
        throw new NoPeople(`${username} could not log in: ${answer.status} ${answer.json?.code ?? ''}.`)
      }
      const { id, username: name, email } = answer.json.user
      return toPerson('the admin', { id, username: name, email, password }, answer.json)
    },
  }
}

export type Cast = ReturnType<typeof createCast>

function toPerson(name: string, account: Account & { id: string }, session: Json): Person {
  let current = { ...session, at: Date.now() }
  let refreshing: Promise<void> | undefined

  /** Tokens may live a second only. If none can be had, the old one shows what is wrong. */
  async function refresh(send: Send): Promise<void> {
    const json = { refresh_token: current.refresh_token }
    const answer = await send('/auth/refresh', { method: 'POST', json })
    if (answer.status === 200 && answer.json?.access_token) current = { ...answer.json, at: Date.now() }
  }

  return {
    name,
    ...account,
    session,
    async freshToken(send) {
      const left = current.at + current.expires_in * 1000 - Date.now()
      if (left < current.expires_in * 400) {
        refreshing ??= refresh(send).finally(() => {
          refreshing = undefined
        })
        await refreshing
      }
      return current.access_token
    },
  }
}
