import { createClient, inMemory } from 'gatepost/client'

/** What the client does, from registering to logging out, the server losing an answer and a token between. */
export async function journey(baseUrl: string, username: string): Promise<unknown> {
  const session = inMemory()
  const api = createClient({ baseUrl, session })
  const { data: first, error } = await api.register({
    username,
    email: `${username}@example.com`,
    password: 'correct horse battery',
  })
  if (error) return error
  await session.set({ ...first, received_at: 0 }) // due for a refresh
  const { data: who } = await api.GET('/auth/whoami')
  const written = await api.POST('/posts', {
    body: { title: 'From afar', body: 'It works.', tags: [username] },
  })
  const titles: string[] = []
  for await (const { title } of api.pages('/posts', { params: { query: { tag: [username] } } }))
    titles.push(title)
  const missing = await api.GET('/posts/{id}', { params: { path: { id: 4_000_000 } } })
  const aborted = await api.GET('/posts', { signal: AbortSignal.abort() }).catch((reason) => reason.name)
  const left = await api.logOut()
  return {
    isRefreshed: (await session.get())?.access_token !== first.access_token,
    who: who?.logged_in_as,
    replayed: written.response.headers.get('idempotency-replayed'),
    titles,
    missing: missing.error?.code,
    aborted,
    left: left.response.status,
  }
}
