import { generateDocument } from '../../src/commands/openapi.ts'
import { createContract } from './contract.ts'
import type { Person } from './people.ts'

const nothing = '00000000-0000-4000-8000-000000000000'

/** An operation of the document, with an address that can be asked for. */
export interface DocumentedOperation {
  id: string
  method: string
  /** The parameters are the examples of the document. */
  path: string
  statuses: number[]
  /** Codes of the problems that it answers. */
  problems: string[]
  hasBody: boolean
  isGuarded: boolean
}

/** The document as it is in the source, a contract to hold answers against, and its operations. */
export async function documented() {
  const document: any = await generateDocument()
  const operations = Object.entries<any>(document.paths).flatMap(([path, item]) =>
    Object.entries<any>(item).map(
      ([method, operation]): DocumentedOperation => ({
        id: operation.operationId,
        method: method.toUpperCase(),
        path: path.replace(/\{(\w+)\}/g, (_, name) => String(exampleOf(operation, name))),
        statuses: Object.keys(operation.responses).map(Number),
        problems: problemsOf(operation, document),
        hasBody: operation.requestBody !== undefined,
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

function exampleOf({ parameters }: any, name: string): unknown {
  return parameters.find((parameter: any) => parameter.name === name).schema.example
}

/** The path with ids that nothing has. */
export function withUnknownIds(path: string): string {
  return path
    .replace(/\/[0-9a-f-]{36}/, `/${nothing}`)
    .replace(/\/1\b/, '/9007199254740991')
    .replace('posts.not_found', 'nothing')
}

/** A body that the operation takes; where a token belongs, it is the user's. */
export function goodBody({ id }: DocumentedOperation, user: Person): unknown {
  const bodies: Record<string, unknown> = {
    registerUser: {
      username: 'newcomer-42',
      email: 'newcomer-42@example.com',
      password: 'correct horse battery',
    },
    createToken: { username: 'newcomer-42', password: 'correct horse battery' },
    refreshToken: { refresh_token: user.session.refresh_token },
    deleteMe: { password: 'correct horse battery' },
    updateMe: { username: 'newcomer-42' },
    changePassword: { current_password: 'correct horse', new_password: 'correct horse battery' },
    updateUser: { role: 'user' },
    createPost: { title: 'T', body: 'B' },
    updatePost: { title: 'T' },
    createComment: { body: 'B' },
    updateComment: { body: 'B' },
  }
  return bodies[id]
}
