import type { OpenAPIObject, OperationObject, ResponseObject } from 'openapi3-ts/oas31'

const problem = 'application/problem+json'

/** Moves problem responses that several operations share to the components. */
export function shareResponses(document: OpenAPIObject): void {
  const shared: Record<string, ResponseObject> = {}
  for (const { responses = {} } of operationsOf(document)) {
    for (const [status, response] of Object.entries<ResponseObject>(responses)) {
      const codes = Object.keys(response.content?.[problem]?.examples ?? {})
      if (codes.length === 0) continue
      const name = nameOf(codes) + ('Deprecation' in (response.headers ?? {}) ? 'OfDeprecated' : '')
      shared[name] ??= response
      responses[status] = { $ref: `#/components/responses/${name}` }
    }
  }
  document.components = { ...document.components, responses: shared }
}

/** The name lists the codes: auth.token_missing and auth.forbidden give TokenMissingOrForbidden. */
function nameOf(codes: readonly string[]): string {
  return codes.map((code) => pascalCase(withResource(code))).join('Or')
}

/** The name of the resource is added only for codes that several resources have, such as not_found. */
function withResource(code: string): string {
  const [resource = '', reason = ''] = code.split('.')
  const isTold = ['not_found', 'invalid', 'failed', 'failure', 'too_many', 'unavailable'].includes(reason)
  return isTold ? `${resource.replace(/s$/, '')}_${reason}` : reason
}

function pascalCase(name: string): string {
  return name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** All operations of a document. */
export function operationsOf(document: OpenAPIObject): OperationObject[] {
  const methods = ['get', 'put', 'post', 'delete', 'patch'] as const
  return Object.values(document.paths ?? {}).flatMap((path) =>
    methods.flatMap((method) => path[method] ?? []),
  )
}
