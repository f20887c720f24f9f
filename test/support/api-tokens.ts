import type { Api } from './api.ts'
import { newAdmin, newUser, type Person } from './people.ts'

/** The response to the creation of an API token. */
export interface CreatedToken {
  id: string
  token: string
  scopes: string[]
  [field: string]: unknown
}

/** Creates an API token of a user who has just logged in. */
export async function newToken(
  api: Pick<Api, 'post'>,
  { token }: Pick<Person, 'token'>,
  { scopes, ...more }: { scopes: readonly string[]; name?: string; expires_in?: number },
): Promise<CreatedToken> {
  const { status, text, json } = await api.post('/users/me/tokens', {
    token,
    json: { name: 'For a test', scopes, ...more },
  })
  if (status !== 201) throw new Error(`The API token was not created: ${status} ${text}`)
  return json
}

/** Creates an admin that no other test uses. */
export async function ownAdmin(api: Api): Promise<Person> {
  const [root, person] = [await newAdmin(api), await newUser(api)]
  await api.patch(`/users/${person.id}`, { token: root.token, json: { role: 'admin' } })
  return { ...person, token: await newSession(api, person) }
}

/** Logs the user in once more, and returns the access token. */
export async function newSession(api: Pick<Api, 'post'>, { username, password }: Person): Promise<string> {
  const { status, json } = await api.post('/auth/token', { json: { username, password } })
  if (status !== 200) throw new Error(`${username} could not log in: ${status}`)
  return json.access_token
}
