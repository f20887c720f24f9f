import type { Fault, ProxyAnswer, ProxyRequest } from './proxy.ts'

/** A fault, the group of checks that should find it, and what the title of such a check says. */
export interface Planted {
  group: string
  found: RegExp
  /** The checks to make, where what finds the fault looks at every answer; else the ones that find it. */
  during?: RegExp
  /** Whether what finds the fault is only checked with --slow. */
  isSlow?: boolean
  /** With a state of its own for each run. */
  plant(): Fault
}

export const isCall = (request: ProxyRequest, method: string, path: RegExp) =>
  request.method === method && path.test(request.path.split('?')[0] ?? '')

/** Changes the JSON of the answers to one kind of call. */
export function changing(
  method: string,
  path: RegExp,
  change: (json: any, request: ProxyRequest) => unknown,
): () => Fault {
  return () => ({
    answer: (answer, request) => {
      if (!isCall(request, method, path) || answer.status >= 300 || answer.body === '') return answer
      const json = JSON.parse(answer.body)
      return { ...answer, body: JSON.stringify(change(json, request) ?? json) }
    },
  })
}

/** Loses a header of requests. */
export const deafTo =
  (name: string): (() => Fault) =>
  () => ({
    request: ({ headers: { [name]: _, ...headers }, ...request }) => ({ ...request, headers }),
  })

/** Loses a parameter of queries. */
export const blindTo =
  (name: string, path: RegExp): (() => Fault) =>
  () => ({
    request: (request) => {
      if (!isCall(request, 'GET', path)) return request
      const [pathname, query = ''] = request.path.split('?')
      const kept = query.split('&').filter((part) => !part.startsWith(`${name}=`))
      return { ...request, path: `${pathname}?${kept.join('&')}` }
    },
  })

/** Loses a header of answers. */
export const without =
  (
    name: string,
    isMeant: (answer: ProxyAnswer, request: ProxyRequest) => boolean = () => true,
  ): (() => Fault) =>
  () => ({
    answer: (answer, request) => {
      if (!isMeant(answer, request)) return answer
      const { [name]: _, ...headers } = answer.headers
      return { ...answer, headers }
    },
  })
