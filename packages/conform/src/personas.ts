import { randomBytes } from 'node:crypto'
import type { Json, Persona, ReceivedResponse, Send } from './exchange.ts'

/** No account could be registered, so checks that need one are impossible. */
export class NoPersona extends Error {
  override name = 'NoPersona'
}

interface Account {
  username: string
  email: string
  password: string
}

/** A username that is not in use. */
export function uniqueName(name: string, run = randomBytes(5).toString('hex')): string {
  return `conform-${run}-${name}`
}

/** The values for a registration. The password is unique and occurs in no other text. */
export function newAccount(name: string, run?: string): Account {
  const username = uniqueName(name, run)
  return { username, email: `${username}@conform.example.com`, password: newPassword() }
}

export const newPassword = () => `pw ${randomBytes(12).toString('hex')}`

/** The personas of one run: registered at their first use, deleted at the end. */
export function createPersonas(send: Send) {
  const run = randomBytes(5).toString('hex')
  const known = new Map<string, Promise<Persona>>()
  const everybody: Persona[] = []
  /** Accounts that a server created by mistake, by id; they must be deleted too. */
  const strays = new Map<string, Persona>()

  /** Adds the persona that this response has registered. */
  function add(name: string, account: Account, response: ReceivedResponse): Persona {
    const { json } = response
    if (typeof json?.access_token !== 'string' || typeof json.user?.id !== 'string') {
      throw new NoPersona(
        `No account could be registered: POST /users responded ${response.status} ${json?.code ?? ''}.`,
      )
    }
    const persona = toPersona(name, { ...account, id: json.user.id }, json)
    strays.delete(persona.id)
    everybody.push(persona)
    return persona
  }

  async function register(name: string): Promise<Persona> {
    const account = newAccount(name, run)
    return add(name, account, await send('/users', { method: 'POST', json: account }))
  }

  return {
    add,
    /** Notes every account that a response has created, so that the run can delete all of them. */
    notice({ method, path, status, json, requestBody }: ReceivedResponse): void {
      if (method !== 'POST' || path !== '/users' || status >= 300 || !json?.user?.id) return
      const { id, username, email } = json.user
      const [, password = ''] = /"password":"([^"\\]*)"/.exec(requestBody ?? '') ?? []
      strays.set(id, toPersona('a stray', { id, username, email, password }, json))
    },
    strays: () => [...strays.values()],
    /** For a persona whose account was deleted by a check. */
    forget(persona: Persona): void {
      everybody.splice(everybody.indexOf(persona), 1)
    },
    /** Deletes the account. Returns whether it is gone. */
    async remove(persona: Persona, sender: Send): Promise<boolean> {
      const { username, password } = persona
      const json = { password }
      const response = await sender('/users/me', { method: 'DELETE', as: persona, json })
      if (response.status === 204) return true
      const logIn = await sender('/auth/token', { method: 'POST', json: { username, password } })
      const token: string = logIn.json?.access_token ?? ''
      return (await sender('/users/me', { method: 'DELETE', token, json })).status === 204
    },
    everybody: () => everybody as readonly Persona[],
    /** The persona of this name; every call returns the same one. */
    persona(name: string): Promise<Persona> {
      const found = known.get(name) ?? register(name)
      known.set(name, found)
      return found
    },
    /** Logs in the admin with the given credentials. */
    async logIn(username: string, password: string): Promise<Persona> {
      const response = await send('/auth/token', { method: 'POST', json: { username, password } })
      if (response.status !== 200 || typeof response.json?.access_token !== 'string') {
        throw new NoPersona(`${username} could not log in: ${response.status} ${response.json?.code ?? ''}.`)
      }
      const { id, username: name, email } = response.json.user
      return toPersona('the admin', { id, username: name, email, password }, response.json)
    },
  }
}

export type Personas = ReturnType<typeof createPersonas>

function toPersona(name: string, account: Account & { id: string }, session: Json): Persona {
  let current = { ...session, at: Date.now() }
  let refreshing: Promise<void> | undefined

  /** Tokens may live for only a second. Without a new token, the checks report the fault of the old one. */
  async function refresh(send: Send): Promise<void> {
    const json = { refresh_token: current.refresh_token }
    const response = await send('/auth/refresh', { method: 'POST', json })
    if (response.status === 200 && response.json?.access_token) current = { ...response.json, at: Date.now() }
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
