import type { Json } from './exchange.ts'

/**
 * One operation. Those of the contract are listed here, independently of the document, which may be wrong. Further ones
 * are read from the server's document (`added-operations.ts`).
 */
export interface Operation {
  id: string
  method: string
  path: string
  guard: 'open' | 'user' | 'admin'
  /** Media types of successful responses; empty for 204. */
  produces: readonly string[]
  success: number
  /** Whether successful responses have a strong ETag. */
  hasTag?: boolean
  /** A valid body. @see isBodyOptional */
  body?: Json
  /** Whether the body may be left out. */
  isBodyOptional?: boolean
  /** Whether the operation has query parameters and must refuse unknown ones. */
  hasQuery?: boolean
  /** The problem code of a 404 for one of its ids. */
  missing?: readonly string[]
  /** Whether only the document describes it, not the contract. */
  isAdded?: boolean
  /** Whether some users may be refused, while the document does not say which. */
  isForSome?: boolean
  /** The kinds of its path parameters, if the document declares them. */
  parameters?: Readonly<Record<string, ParameterKind>>
  /** The fields of its body, if the document declares them. */
  fields?: { all: readonly string[]; required: readonly string[] }
}

export type ParameterKind = 'number' | 'uuid' | 'text'

const json = ['application/json']
const sparse = [...json, 'application/vnd.gatepost.sparse+json']
const html = ['text/html']
const text = ['text/plain']
const page = { produces: json, success: 200, hasQuery: true }
const read = { produces: json, success: 200 }
const tagged = { ...read, hasTag: true }
const created = { produces: json, success: 201, hasTag: true }
const gone = { produces: [], success: 204 }

const posts = ['posts.not_found']
const users = ['users.not_found']
const apiTokens = ['api_tokens.not_found']

const open: Omit<Operation, 'guard'>[] = [
  {
    id: 'registerUser',
    method: 'POST',
    path: '/users',
    produces: json,
    success: 201,
    body: {
      username: 'conform-never-made',
      email: 'never-made@conform.example.com',
      password: 'correct horse battery',
    },
  },
  {
    id: 'createToken',
    method: 'POST',
    path: '/auth/token',
    ...page,
    body: { username: 'conform-never-made', password: 'correct horse battery' },
    isBodyOptional: true,
  },
  {
    id: 'refreshToken',
    method: 'POST',
    path: '/auth/refresh',
    ...page,
    body: { refresh_token: 'x' },
    isBodyOptional: true,
  },
  { id: 'listPosts', method: 'GET', path: '/posts', ...page, produces: sparse, hasTag: true },
  { id: 'readKeySet', method: 'GET', path: '/.well-known/jwks.json', ...read },
  { id: 'readHealth', method: 'GET', path: '/healthz', ...read },
  { id: 'readReadiness', method: 'GET', path: '/readyz', ...read },
  { id: 'readDocument', method: 'GET', path: '/openapi.json', ...read },
  {
    id: 'readDocumentAsYaml',
    method: 'GET',
    path: '/openapi.yaml',
    produces: ['application/yaml'],
    success: 200,
  },
  { id: 'readMetrics', method: 'GET', path: '/metrics', produces: text, success: 200 },
  {
    id: 'readSecurityContact',
    method: 'GET',
    path: '/.well-known/security.txt',
    produces: text,
    success: 200,
  },
  { id: 'readDocs', method: 'GET', path: '/docs', produces: html, success: 200 },
  { id: 'readFrontPage', method: 'GET', path: '/', produces: html, success: 200 },
  { id: 'listProblems', method: 'GET', path: '/problems', produces: [...json, ...html], success: 200 },
  { id: 'readProblem', method: 'GET', path: '/problems/{code}', produces: [...json, ...html], success: 200 },
]

const forUsers: Omit<Operation, 'guard'>[] = [
  { id: 'listUsers', method: 'GET', path: '/users', ...page },
  { id: 'readMe', method: 'GET', path: '/users/me', ...tagged },
  { id: 'updateMe', method: 'PATCH', path: '/users/me', ...tagged, body: {} },
  { id: 'deleteMe', method: 'DELETE', path: '/users/me', ...gone, body: { password: 'not the password' } },
  {
    id: 'changePassword',
    method: 'PUT',
    path: '/users/me/password',
    ...gone,
    body: { current_password: 'not the password', new_password: 'correct horse battery' },
  },
  { id: 'listMyPosts', method: 'GET', path: '/users/me/posts', ...page },
  { id: 'readUser', method: 'GET', path: '/users/{id}', ...tagged, missing: users },
  { id: 'logOut', method: 'POST', path: '/auth/logout', ...gone },
  { id: 'whoAmI', method: 'GET', path: '/auth/whoami', ...read },
  { id: 'listSessions', method: 'GET', path: '/auth/sessions', ...page },
  {
    id: 'endSession',
    method: 'DELETE',
    path: '/auth/sessions/{id}',
    ...gone,
    missing: ['sessions.not_found'],
  },
  { id: 'endSessions', method: 'DELETE', path: '/auth/sessions', ...gone, hasQuery: true },
  {
    id: 'createApiToken',
    method: 'POST',
    path: '/users/me/tokens',
    ...created,
    body: { name: 'Conformance', scopes: ['posts:read'], current_password: 'not the password' },
  },
  { id: 'listApiTokens', method: 'GET', path: '/users/me/tokens', ...page },
  {
    id: 'updateApiToken',
    method: 'PATCH',
    path: '/users/me/tokens/{id}',
    ...tagged,
    body: {},
    missing: apiTokens,
  },
  { id: 'revokeApiToken', method: 'DELETE', path: '/users/me/tokens/{id}', ...gone, missing: apiTokens },
  { id: 'createPost', method: 'POST', path: '/posts', ...created, body: { title: 'T', body: 'B' } },
  {
    id: 'readPost',
    method: 'GET',
    path: '/posts/{id}',
    ...page,
    produces: sparse,
    hasTag: true,
    missing: posts,
  },
  { id: 'updatePost', method: 'PATCH', path: '/posts/{id}', ...tagged, body: {}, missing: posts },
  { id: 'deletePost', method: 'DELETE', path: '/posts/{id}', ...gone, missing: posts },
  { id: 'listRevisions', method: 'GET', path: '/posts/{id}/revisions', ...page, missing: posts },
  { id: 'readRevision', method: 'GET', path: '/posts/{id}/revisions/{number}', ...read, missing: posts },
  {
    id: 'restoreRevision',
    method: 'POST',
    path: '/posts/{id}/revisions/{number}/restore',
    ...tagged,
    missing: posts,
  },
  { id: 'listComments', method: 'GET', path: '/posts/{id}/comments', ...page, missing: posts },
  {
    id: 'createComment',
    method: 'POST',
    path: '/posts/{id}/comments',
    ...created,
    body: { body: 'C' },
    missing: posts,
  },
  {
    id: 'updateComment',
    method: 'PATCH',
    path: '/posts/{id}/comments/{comment_id}',
    ...tagged,
    body: { body: 'C' },
    missing: posts,
  },
  {
    id: 'deleteComment',
    method: 'DELETE',
    path: '/posts/{id}/comments/{comment_id}',
    ...gone,
    missing: posts,
  },
]

const forAdmins: Omit<Operation, 'guard'>[] = [
  { id: 'updateUser', method: 'PATCH', path: '/users/{id}', ...tagged, body: {}, missing: users },
  {
    id: 'endUserSessions',
    method: 'DELETE',
    path: '/users/{id}/sessions',
    ...gone,
    missing: users,
  },
  { id: 'listUserApiTokens', method: 'GET', path: '/users/{id}/tokens', ...page, missing: users },
  {
    id: 'revokeUserApiToken',
    method: 'DELETE',
    path: '/users/{id}/tokens/{token_id}',
    ...gone,
    missing: apiTokens,
  },
  { id: 'listAuditEvents', method: 'GET', path: '/audit-events', ...page },
]

const guarded = (guard: Operation['guard']) => (operation: Omit<Operation, 'guard'>) => ({
  ...operation,
  guard,
})

/** All operations of the contract. */
export const operations: readonly Operation[] = [
  ...open.map(guarded('open')),
  ...forUsers.map(guarded('user')),
  ...forAdmins.map(guarded('admin')),
]

/** The id of a post that no server has. */
export const missingPost = 9_007_199_254_740_991

/** The operation's path with unknown ids; `given` are other values for its parameters. */
export function pathOf(
  operation: Pick<Operation, 'path' | 'parameters'>,
  given: Record<string, string> = {},
): string {
  const { path, parameters = {} } = operation
  return path.replace(
    /\{(\w+)\}/g,
    (_, name) =>
      given[name] ?? (parameters[name] ? undefined : others[name]) ?? missing[kindOf(operation, name)],
  )
}

/** Values of the contract's parameters that follow an id. */
const others: Record<string, string> = { number: '1', comment_id: '1', code: 'posts.not_found' }

/** Ids of the right form that no resource has. */
const missing: Record<ParameterKind, string> = {
  number: String(missingPost),
  uuid: '01900000-0000-7000-8000-000000000000',
  text: 'conform-none',
}

/** Posts, comments and revisions have numbers; other resources of the contract have UUIDs. */
export function kindOf(
  { path, parameters }: Pick<Operation, 'path' | 'parameters'>,
  name: string,
): ParameterKind {
  return parameters?.[name] ?? (path.startsWith('/posts') ? 'number' : 'uuid')
}

/** Finds the operation that a request calls: a literal path takes precedence over one with parameters. */
export function finderOf(operations: readonly Operation[]) {
  const matchers = operations.map((operation) => ({
    operation,
    pattern: new RegExp(`^${operation.path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
  }))
  return (method: string, path: string): Operation | undefined => {
    const { pathname } = new URL(`http://localhost${path}`)
    const called = method === 'HEAD' ? 'GET' : method
    const found = matchers.filter(
      ({ operation, pattern }) => operation.method === called && pattern.test(pathname),
    )
    return (found.find(({ operation }) => operation.path === pathname) ?? found[0])?.operation
  }
}
