import type { Api } from './api.ts'
import { newAdmin, newUser, type Person } from './people.ts'

/** An API token that was just made, as the API shows it. */
export interface MadeToken {
  id: string
  token: string
  scopes: string[]
  [field: string]: unknown
}

/** Makes an API token of a user who has just logged in. */
export async function newToken(
  api: Pick<Api, 'post'>,
  { token }: Pick<Person, 'token'>,
  { scopes, ...more }: { scopes: readonly string[]; name?: string; expires_in?: number },
): Promise<MadeToken> {
  const { status, text, json } = await api.post('/users/me/tokens', {
    token,
    json: { name: 'For a test', scopes, ...more },
  })
  if (status !== 201) throw new Error(`The API token was not made: ${status} ${text}`)
  return json
}

/** An admin whom no other test knows. */
export async function ownAdmin(api: Api): Promise<Person> {
  const [root, person] = [await newAdmin(api), await newUser(api)]
  await api.patch(`/users/${person.id}`, { token: root.token, json: { role: 'admin' } })
  return { ...person, token: await newSession(api, person) }
}

/** The access token of one more session. */
export async function newSession(api: Pick<Api, 'post'>, { username, password }: Person): Promise<string> {
  const { status, json } = await api.post('/auth/token', { json: { username, password } })
  if (status !== 200) throw new Error(`${username} could not log in: ${status}`)
  return json.access_token
}
