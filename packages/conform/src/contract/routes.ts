import type { Operation } from './document.ts'

export interface RouteMatch {
  /** The operation that the request calls. */
  operation: Operation | undefined
  /** Methods of all operations with this path; empty if no path matches. */
  methods: ReadonlySet<string>
}

/**
 * Finds operations by method and path, as routers do: literal segments take precedence over parameters. HEAD counts as
 * GET.
 */
export function createRoutes(operations: readonly Operation[]): (method: string, path: string) => RouteMatch {
  const routes = operations
    .map((operation) => ({ operation, matches: pathMatcher(operation.path), rank: rankOf(operation.path) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
  return (method, path) => {
    const matching = routes.filter((route) => route.matches(path)).map((route) => route.operation)
    const find = (name: string) => matching.find((operation) => operation.method === name)
    return {
      operation: find(method) ?? (method === 'HEAD' ? find('GET') : undefined),
      methods: new Set(matching.map((operation) => operation.method)),
    }
  }
}

function pathMatcher(template: string): (path: string) => boolean {
  const segments = template.split('/').map((segment) => {
    const literals = segment.split(/\{[^}]*\}/).map((text) => text.replace(/[^\w-]/g, '\\$&'))
    return new RegExp(`^${literals.join('.+')}$`, 's')
  })
  return (path) => {
    const parts = path.split('/').map(decoded)
    return parts.length === segments.length && segments.every((segment, i) => segment.test(parts[i] ?? ''))
  }
}

/** A sort key that puts literal segments before parameters; the leftmost segment counts most. */
function rankOf(template: string): string {
  return template
    .split('/')
    .map((segment) => (segment.includes('{') ? '1' : '0'))
    .join('')
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
