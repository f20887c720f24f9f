import { generateDocument } from '../../src/commands/openapi.ts'
import { exampleOf } from '../../src/document/examples.ts'
import { createContract } from './contract.ts'
import { withExamples, withUnknownIds } from './examples.ts'

/** An operation of the document, with a path that can be requested. */
export interface DocumentedOperation {
  id: string
  method: string
  /** The path with the examples in the document as parameters. */
  path: string
  /** The same path with ids that do not exist. */
  unknownPath: string
  statuses: number[]
  /** Codes of its problems. */
  problems: string[]
  hasBody: boolean
  /** The example in the document; undefined if there is no body. */
  body: unknown
  isGuarded: boolean
}

/** The document of the source, a checker for its responses, and its operations. */
export async function documented() {
  const document: any = await generateDocument()
  const operations = Object.entries<any>(document.paths).flatMap(([path, item]) =>
    Object.entries<any>(item).map(
      ([method, operation]): DocumentedOperation => ({
        id: operation.operationId,
        method: method.toUpperCase(),
        path: withExamples(path, operation),
        unknownPath: withUnknownIds(path, operation),
        statuses: Object.keys(operation.responses).map(Number),
        problems: problemsOf(operation, document),
        hasBody: operation.requestBody !== undefined,
        body: bodyOf(operation, document),
        isGuarded: operation.security.some((way: object) => 'accessToken' in way),
      }),
    ),
  )
  return { document, contract: createContract(document, { undocumented: ['/docs/'] }), operations }
}

function problemsOf({ responses }: any, { components }: any): string[] {
  return Object.values<any>(responses).flatMap((response) => {
    const { content = {} } = components.responses[response.$ref?.split('/').at(-1)] ?? response
    return Object.keys(content['application/problem+json']?.examples ?? {})
  })
}

function bodyOf({ requestBody }: any, document: any): unknown {
  const { example, schema } = requestBody?.content['application/json'] ?? {}
  return example ?? (schema && exampleOf(schema, document))
}
