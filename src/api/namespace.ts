import { createRoute, type RouteConfig } from '@hono/zod-openapi'
import type { Env, MiddlewareHandler } from 'hono'
import type { ProblemCode } from '../errors/problems.ts'
import { acceptable } from '../http/accept.ts'
import { announceDeprecation, type Deprecation, deprecationHeaders } from '../http/deprecation.ts'
import { type DocumentedHeader, headerReferences } from '../http/headers.ts'
import { noQuery } from '../http/no-query.ts'
import { probes } from '../http/probes.ts'
import { readBody } from '../http/read-body.ts'
import { varyBySparseness } from '../http/sparse.ts'
import { sparseType } from '../http/sparse-type.ts'
import type { AppCheck, AppEnv, SecuredEnv, SessionEnv } from './context.ts'
import { guard, guardProblems, guardSecurity } from './guard.ts'
import { type LimitName, limitsOfRoutes } from './limit-policies.ts'
import { problemResponses } from './problem-responses.ts'
import type { Role } from './roles.ts'
import { type Scope, scopeSentence } from './scopes.ts'
import { underLimit } from './under-limit.ts'
import { connectFor, type DeclaredWorkload } from './workload.ts'

type RouteSpec = Pick<
  RouteConfig,
  'method' | 'path' | 'request' | 'responses' | 'security' | 'parameters'
> & {
  operationId: string
  summary: string
  description: string
  /** Further problems of this operation. Those of its input, guard and database are added automatically. */
  problems?: readonly ProblemCode[]
  /**
   * The rate limit of this operation. It documents 429 and the headers; the handler counts with a function of
   * src/limits.
   */
  limit?: LimitName
  /** The workload of its queries. By default a GET is a `read`, every other method a `write`. */
  workload?: DeclaredWorkload
  /** False for an operation that needs no database. */
  usesDatabase?: boolean
  /** True for pages: links to pages may contain query parameters of other programs. */
  ignoresQuery?: boolean
}

/** Each guarded operation has one scope. The guard refuses API tokens without it. */
type GuardedSpec = RouteSpec & { scope: Scope }

/** Only an operation with the scope `session` is sure to have a session. */
type EnvOf<R extends GuardedSpec> = R['scope'] extends 'session' ? SessionEnv : SecuredEnv

/** Not in the contract type, whose `deprecated` is only a boolean. */
interface Deprecable {
  /** Set for an operation that will be removed: documents it and sends the headers for it with every response. */
  deprecated?: Deprecation
}

/** Descriptions of the tags. Several modules may have routes of one tag; one of them describes it. */
const descriptions = new Map<string, string>()

/** The description of a tag. @throws Error if no namespace describes it */
export function describeTag(tag: string): string {
  const description = descriptions.get(tag)
  if (description === undefined) throw new Error(`Say what the tag is about: namespace('${tag}', '…').`)
  return description
}

/**
 * Defines the routes of one tag. `route()` is open to everyone; `secured()` requires an access token. Both add to the
 * document what they enforce: the problems of the input and, for `secured()`, the security schemes with 401 and 403. So
 * the document cannot differ from the code, and `c.var.user` exists only under a guard.
 */
export function namespace(tag: string, description?: string) {
  if (description !== undefined) descriptions.set(tag, description)
  return {
    route<P extends string, R extends RouteSpec & { path: P }>(spec: R, { deprecated }: Deprecable = {}) {
      const { document, first, checks, last } = contractOf(tag, { ...spec, deprecated }, [])
      return createRoute<P, R & WithChecks<AppEnv>>({
        security: [],
        ...spec,
        ...document,
        ...withChecks<AppEnv>([...first, ...checks], last),
      })
    },
    secured<P extends string, R extends GuardedSpec & { path: P }>(
      spec: R,
      { deprecated, role }: Deprecable & { role?: Role } = {},
    ) {
      const access = { scope: spec.scope, ...(role && { role }) }
      const { document, first, checks, last } = contractOf(
        tag,
        { ...spec, deprecated },
        guardProblems(access, spec.method),
      )
      return createRoute<P, R & WithChecks<EnvOf<R>>>({
        ...spec,
        ...document,
        scope: undefined,
        description: `${spec.description}\n\n${scopeSentence(spec.scope)}`,
        security: guardSecurity(access),
        ...withChecks<EnvOf<R>>([...first, guard(access), ...checks], last),
      })
    },
  }
}

/** Exists for the types only: zod-openapi infers the context of a handler from `middleware`. */
type WithChecks<E extends Env> = { middleware: MiddlewareHandler<E> }

/** The checks that `createRouter` runs before the handler. Despite the type, there is no middleware. */
function withChecks<E extends Env>(checks: readonly AppCheck[], last: readonly AppCheck[]): WithChecks<E> {
  return { checks, last } as unknown as WithChecks<E> // `middleware` exists only in the type
}

function contractOf(
  tag: string,
  spec: RouteSpec & { deprecated: Deprecation | undefined },
  more: readonly ProblemCode[],
) {
  const { problems: own = [], usesDatabase = true, ignoresQuery = false, request, deprecated } = spec
  const codes: ProblemCode[] = [
    'request.malformed',
    'request.headers_too_large',
    'request.too_many',
    'service.failure',
    ...more,
    ...own,
  ]
  const checks: AppCheck[] = []
  const produced = producedBy(spec)
  if (produced.length > 0) {
    codes.push('request.not_acceptable')
    checks.push(acceptable(produced))
  }
  if (request || !ignoresQuery) codes.push('request.invalid')
  if (!request?.query && !ignoresQuery) checks.push(noQuery)
  if (request?.body) {
    codes.push('request.malformed_json', 'request.too_large', 'request.unsupported_media_type')
    codes.push('request.timeout')
    if (request.body.required) codes.push('request.body_missing')
    checks.push(readBody({ required: request.body.required ?? false }))
  }
  if (usesDatabase) codes.push('service.unavailable')
  if (!probes.has(spec.path)) codes.push('service.overloaded')
  if (spec.limit) {
    codes.push(limitsOfRoutes[spec.limit].problem)
    checks.unshift(underLimit(spec.limit))
  }
  const responses = { ...spec.responses, ...problemResponses(codes) }
  return {
    ...outerChecks(spec, produced),
    checks,
    document: {
      tags: [tag],
      problems: undefined,
      usesDatabase: undefined,
      ignoresQuery: undefined,
      limit: undefined,
      workload: undefined,
      ...(deprecated ? asDeprecated(responses, deprecated) : { deprecated: undefined, responses }),
    },
  }
}

/** Checks that set headers for every response run before those that may refuse. The connection is chosen last. */
function outerChecks(
  { deprecated, workload }: RouteSpec & { deprecated: Deprecation | undefined },
  produced: readonly string[],
) {
  return {
    first: [
      ...(deprecated ? [announceDeprecation(deprecated)] : []),
      ...(produced.includes(sparseType) ? [varyBySparseness] : []),
    ],
    last: connectFor(workload),
  }
}

function asDeprecated(responses: RouteSpec['responses'], deprecation: Deprecation) {
  return {
    deprecated: true,
    ...(deprecation.sunset && { 'x-sunset': deprecation.sunset }),
    responses: withHeaders(responses, deprecationHeaders(deprecation)),
  }
}

function withHeaders(responses: RouteSpec['responses'], names: DocumentedHeader[]): RouteSpec['responses'] {
  const more = headerReferences(...names)
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [
      status,
      { ...response, headers: { ...('headers' in response && response.headers), ...more } },
    ]),
  )
}

function producedBy(spec: RouteSpec): string[] {
  const types = Object.entries(spec.responses).flatMap(([status, response]) =>
    status.startsWith('2') && response && 'content' in response ? Object.keys(response.content ?? {}) : [],
  )
  return [...new Set(types)]
}
