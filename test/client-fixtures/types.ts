// Never run: the TypeScript compiler reads it, and each line with an expected error must have one.
import {
  type Comment,
  type CreatePost,
  createClient,
  inMemory,
  inStorage,
  type Post,
  type ProblemCode,
  ProblemError,
} from 'gatepost/client'

const api = createClient({
  baseUrl: 'https://api.example.com',
  session: inMemory(),
  fetch: (request) => fetch(request),
  onSessionEnd: (problem) => problem.code satisfies ProblemCode,
})

export async function problems(id: number): Promise<Post | undefined> {
  const { data, error } = await api.GET('/posts/{id}', { params: { path: { id } } })
  if (!error) return data
  if (error.code === 'posts.not_found') error.status satisfies 404
  if (error.code === 'request.invalid') error.errors?.map(({ message }) => message satisfies string)
  if (error.code === 'auth.refresh_reused') error.status satisfies 401
  if (error.code === 'client.unexpected_answer') error.status satisfies number
  // @ts-expect-error This operation has no such problem.
  if (error.code === 'comments.not_found') return
  // @ts-expect-error There is either an answer or a problem.
  return data.title
}

export async function answers(): Promise<void> {
  const draft: CreatePost = { title: 'T', body: 'B' }
  const made = await api.POST('/posts', { body: draft })
  made.data?.id satisfies number | undefined
  // @ts-expect-error It may have been refused.
  made.data.id
  // @ts-expect-error A post has no such field.
  made.data?.titel
  const gone = await api.DELETE('/posts/{id}', { params: { path: { id: 1 } } })
  gone.data satisfies undefined
  if (gone.error?.code === 'precondition.failed') gone.error.status satisfies 412
  const left = await api.logOut()
  left.data satisfies undefined
  const { data } = await api.logIn({ username: 'ada', password: 'correct horse battery' })
  data?.user.email satisfies string | undefined
}

export async function requests(): Promise<void> {
  // @ts-expect-error There is no such address.
  await api.GET('/post')
  // @ts-expect-error The address has another method.
  await api.DELETE('/posts')
  // @ts-expect-error The id is missing.
  await api.GET('/posts/{id}')
  // @ts-expect-error The body is missing.
  await api.POST('/posts')
  // @ts-expect-error The text is missing.
  await api.POST('/posts', { body: { title: 'T' } })
  // @ts-expect-error A misspelt field.
  await api.POST('/posts', { body: { title: 'T', body: 'B', tgas: [] } })
  // @ts-expect-error A misspelt parameter.
  await api.GET('/posts', { params: { query: { tga: ['news'] } } })
  // @ts-expect-error A misspelt option.
  await api.GET('/posts', { sginal: AbortSignal.timeout(1) })
  // @ts-expect-error Its items are not a list of pages.
  api.pages('/posts/{id}', { params: { path: { id: 1 } } })
  // @ts-expect-error The password is missing.
  await api.register({ username: 'ada', email: 'ada@example.com' })
  await api.PATCH('/posts/{id}', {
    params: { path: { id: 1 }, header: { 'If-Match': '"1.1.0"' } },
    body: { title: 'T' },
    headers: { 'x-request-id': 'mine' },
  })
  await api.POST('/auth/token', { headers: { authorization: 'Basic …' } })
}

export async function narrower(): Promise<void> {
  const query = { fields: 'id,author{username}' }
  const sparse = await api.GET('/posts/{id}', { params: { path: { id: 1 }, query } })
  sparse.data?.author?.username satisfies string | undefined
  // @ts-expect-error It was not asked for.
  sparse.data?.title.length
  const header = { 'If-None-Match': '"1.1.0"' }
  const known = await api.GET('/posts/{id}', { params: { path: { id: 1 }, header } })
  // @ts-expect-error It may be unchanged: 304.
  if (!known.error) known.data.title
}

export async function lists(): Promise<void> {
  try {
    for await (const post of api.pages('/posts', { params: { query: { limit: 100 } } }))
      post.title satisfies string
    for await (const comment of api.pages('/posts/{id}/comments', { params: { path: { id: 1 } } }))
      comment satisfies Comment
    // @ts-expect-error It was not asked for.
    for await (const post of api.pages('/posts', { params: { query: { fields: 'id' } } })) post.title.length
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'posts.not_found')
      error.problem.detail satisfies string
  }
}

export const stored = (storage: Parameters<typeof inStorage>[0]) =>
  createClient({ baseUrl: '', session: inStorage(storage) })
