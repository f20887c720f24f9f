import type { paths, Session } from './api.generated.ts'

// Derives the types of `api.GET('/posts/{id}', …)` from the generated ones.

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type PathWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: { responses: unknown } } ? P : never
}[keyof paths]

type Operation<P extends keyof paths, M extends Method> = M extends keyof paths[P] ? paths[P][M] : never
type Responses<O> = O extends { responses: infer R } ? R : never
type SparseType = 'application/vnd.gatepost.sparse+json'
type ProblemType = 'application/problem+json'

/** The body of a response; undefined if there is none. */
type Body<A> = A extends { content: infer C } ? C[Exclude<keyof C, SparseType>] : undefined
type SparseBody<A> = A extends { content: infer C } ? C[SparseType & keyof C] : never
type Good<R> = R[keyof R & (200 | 201 | 202 | 204)]

/** The body of an operation's successful response. */
export type Data<P extends keyof paths, M extends Method> = Body<Good<Responses<Operation<P, M>>>>
type SparseData<P extends keyof paths> = SparseBody<Good<Responses<Operation<P, 'get'>>>>

/** Every problem that an operation can result in, distinguished by `code`. */
export type ErrorOf<P extends keyof paths, M extends Method> =
  Responses<Operation<P, M>> extends { default: { content: { [K in ProblemType]: infer E } } } ? E : never

/** Either `data` or `error`; never both. */
export type Result<D, E> =
  | { data: D; error?: undefined; response: Response }
  | { data?: undefined; error: E; response: Response }

/** 304: the representation that the caller has is still valid. */
interface NotModified {
  data?: undefined
  error?: undefined
  response: Response
}

type RequiredKeys<T> = { [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? never : K }[keyof T]
type Known<T> = { [K in keyof T as T[K] extends undefined ? never : K]: T[K] }
type Parameters<O> = O extends { parameters: infer T } ? Known<T> : never
type ParamsInit<T> =
  RequiredKeys<{ [K in keyof T]: RequiredKeys<NonNullable<T[K]>> }> extends never
    ? { params?: T }
    : { params: T }
type BodyInit<O> = O extends { requestBody: { content: { 'application/json': infer B } } }
  ? { body: B }
  : O extends { requestBody?: { content: { 'application/json': infer B } } }
    ? { body?: B }
    : { body?: never }

export interface CallOptions {
  /** Aborts the call, with its retries and pauses; the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined
  headers?: Record<string, string>
}

type Init<P extends keyof paths, M extends Method> = ParamsInit<Parameters<Operation<P, M>>> &
  BodyInit<Operation<P, M>> &
  CallOptions
type Arguments<I> = RequiredKeys<I> extends never ? [init?: I] : [init: I]

export type Call<M extends Method> = <P extends PathWith<M>>(
  path: P,
  ...init: Arguments<Init<P, M>>
) => Promise<Result<Data<P, M>, ErrorOf<P, M>>>

type WithFields = { params: { query: { fields: string } } }
type WithEtag = { params: { header: { 'If-None-Match': string } } }

/** GET: `fields` makes every field optional, `If-None-Match` allows 304. */
export interface Get {
  <P extends PathWith<'get'>>(
    path: SparseData<P> extends never ? never : P,
    init: Init<P, 'get'> & WithFields,
  ): Promise<Result<SparseData<P>, ErrorOf<P, 'get'>>>
  <P extends PathWith<'get'>>(
    path: P,
    init: Init<P, 'get'> & WithEtag,
  ): Promise<Result<Data<P, 'get'>, ErrorOf<P, 'get'>> | NotModified>
  <P extends PathWith<'get'>>(
    path: P,
    ...init: Arguments<Init<P, 'get'>>
  ): Promise<Result<Data<P, 'get'>, ErrorOf<P, 'get'>>>
}

interface Page {
  items: unknown[]
  next_cursor: string | null
}

/** Paths of lists. */
export type ListPath = {
  [P in PathWith<'get'>]: Data<P, 'get'> extends Page ? P : never
}[PathWith<'get'>]
export type Item<P extends ListPath> = Data<P, 'get'> extends { items: (infer T)[] } ? T : never
type SparseItem<P extends ListPath> = SparseData<P> extends { items: (infer T)[] } ? T : never

/** Iterates over all items of a list, page by page. */
export interface Pages {
  <P extends ListPath>(
    path: SparseData<P> extends never ? never : P,
    init: Init<P, 'get'> & WithFields,
  ): AsyncGenerator<SparseItem<P>, void, undefined>
  <P extends ListPath>(path: P, ...init: Arguments<Init<P, 'get'>>): AsyncGenerator<Item<P>, void, undefined>
}

/** A stored session: the server's response, and the time when it arrived. */
export type StoredSession = Session & {
  /** Milliseconds since 1970, by the clock of this machine. */
  received_at: number
}
