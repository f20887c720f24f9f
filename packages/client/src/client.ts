import createFetchClient, { defaultPathSerializer } from 'openapi-fetch'
import type { LogIn, RegisterUser } from './api.generated.ts'
import { createExchange } from './exchange.ts'
import type { ClientOptions } from './options.ts'
import { type AnyProblem, ProblemError } from './problem.ts'
import type { Call, CallOptions, Data, ErrorOf, Get, Pages, Result } from './types.ts'

/**
 * A client of Gatepost. Every call resolves with `{ data, response }` or `{ error, response }`. It rejects only without
 * a response: with the error of fetch, the signal's reason, or a TimeoutError.
 */
export interface GatepostClient {
  GET: Get
  POST: Call<'post'>
  PUT: Call<'put'>
  PATCH: Call<'patch'>
  DELETE: Call<'delete'>
  /** Iterates over all items of a list and fetches its pages. @throws ProblemError */
  pages: Pages
  /** Creates an account and starts its session. */
  register(
    account: RegisterUser,
    options?: CallOptions,
  ): Promise<Result<Data<'/users', 'post'>, ErrorOf<'/users', 'post'>>>
  /** Starts a session for all later calls. */
  logIn(
    credentials: LogIn,
    options?: CallOptions,
  ): Promise<Result<Data<'/auth/token', 'post'>, ErrorOf<'/auth/token', 'post'>>>
  /** Ends the session. The client forgets it whatever the server responds. */
  logOut(options?: CallOptions): Promise<Result<undefined, ErrorOf<'/auth/logout', 'post'>>>
}

interface UntypedInit extends CallOptions {
  params?: { path?: object; query?: { cursor?: string }; header?: object }
  body?: unknown
}
interface UntypedResult {
  data?: unknown
  error?: unknown
  response: Response
}
interface UntypedPage {
  items: unknown[]
  next_cursor: string | null
}

export function createClient(options: ClientOptions): GatepostClient {
  const { baseUrl, headers, credentials = 'omit' } = options
  const { exchange, session } = createExchange(options)
  const http = createFetchClient({
    baseUrl,
    ...(headers && { headers }),
    ...('credentials' in Request.prototype && { credentials }), // Workers do not have this option
    pathSerializer: serializePath,
  })

  async function call(method: string, path: string, init: UntypedInit = {}): Promise<UntypedResult> {
    const { signal, ...rest } = init
    const fetch = (request: Request) => exchange(request, `${method} ${path}`, signal)
    const result = (await http.request(
      method as 'get',
      path as never,
      { ...rest, fetch } as never,
    )) as UntypedResult
    return result.response.status === 304 ? { response: result.response } : result
  }

  async function* pages(path: string, init: UntypedInit = {}) {
    let cursor = init.params?.query?.cursor
    do {
      const query = { ...init.params?.query, ...(cursor !== undefined && { cursor }) }
      const { data, error } = await call('GET', path, { ...init, params: { ...init.params, query } })
      if (error) throw new ProblemError(error as AnyProblem)
      const page = data as UntypedPage
      yield* page.items
      cursor = page.next_cursor ?? undefined
    } while (cursor !== undefined)
  }

  const as = (method: string) => (path: string, init?: UntypedInit) => call(method, path, init)
  const client = {
    GET: as('GET'),
    POST: as('POST'),
    PUT: as('PUT'),
    PATCH: as('PATCH'),
    DELETE: as('DELETE'),
    pages,
  } as unknown as Pick<GatepostClient, 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'pages'>

  return {
    ...client,
    register: async (account, init) => {
      const result = await client.POST('/users', { ...init, body: account })
      if (result.data) await session.start(result.data)
      return result
    },
    logIn: async (credentials, init) => {
      const result = await client.POST('/auth/token', { ...init, body: credentials })
      if (result.data) await session.start(result.data)
      return result
    },
    logOut: async (init) => {
      try {
        return await client.POST('/auth/logout', init ?? {})
      } finally {
        await session.clear()
      }
    },
  }
}

/**
 * The usual serialization, except that it refuses values which would change the path: the empty text, `.` and `..`.
 * @throws TypeError
 */
function serializePath(path: string, parameters: Record<string, unknown>): string {
  for (const [name, value] of Object.entries(parameters)) {
    if (/^\.{0,2}$/.test(String(value)))
      throw new TypeError(`${JSON.stringify(value)} cannot be the ${name} in ${path}.`)
  }
  return defaultPathSerializer(path, parameters)
}
