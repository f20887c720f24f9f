/** An OpenAPI 3.1 document. */
export interface OpenAPI31 {
  paths?: object
  components?: object
}

export type Schema = boolean | { readonly [keyword: string]: unknown }

export interface DeclaredHeader {
  required: boolean
  schema: { readonly [keyword: string]: unknown }
}

/** The declared response of one operation and status, with references resolved. */
export interface DeclaredResponse {
  /** By name in lower case. */
  headers: ReadonlyMap<string, DeclaredHeader>
  /** By media type without parameters; undefined allows any value of that type. */
  content: ReadonlyMap<string, Schema | undefined>
}

export interface Operation {
  id: string
  method: string
  path: string
  /** By status: '200', '2XX' or 'default'. */
  responses: ReadonlyMap<string, DeclaredResponse>
}

/** The parts of a document that the checker needs. */
export interface Contract {
  operations: readonly Operation[]
  schemas: Readonly<Record<string, Schema>>
  /** Names of the headers in the components, in lower case. */
  headers: ReadonlySet<string>
}

type Json = Record<string, any>

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']

/** Reads the parts of a document that the checker needs. @throws Error for a reference without a target */
export function readDocument(document: OpenAPI31): Contract {
  const components: Json = document.components ?? {}
  const resolve = (value: Json): Json => (value.$ref ? resolve(lookUp(document, value.$ref)) : value)

  const readHeader = (value: Json): DeclaredHeader => {
    const { required = false, schema = {} } = resolve(value)
    return { required, schema: resolve(schema) }
  }

  const readResponse = (value: Json): DeclaredResponse => {
    const { headers = {}, content = {} } = resolve(value)
    return {
      headers: new Map(entries(headers).map(([name, header]) => [name.toLowerCase(), readHeader(header)])),
      content: new Map(entries(content).map(([type, media]) => [essence(type), media.schema])),
    }
  }

  const operations = entries(document.paths ?? {}).flatMap(([path, item]) =>
    methods
      .filter((method) => item[method])
      .map((method): Operation => {
        const { operationId = `${method.toUpperCase()} ${path}`, responses = {} } = item[method]
        return {
          id: operationId,
          method: method.toUpperCase(),
          path,
          responses: new Map(
            entries(responses).map(([status, response]) => [status, readResponse(response)]),
          ),
        }
      }),
  )
  return {
    operations,
    schemas: components.schemas ?? {},
    headers: new Set(Object.keys(components.headers ?? {}).map((name) => name.toLowerCase())),
  }
}

/** A media type without its parameters. */
export function essence(contentType: string): string {
  return contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

function lookUp(document: OpenAPI31, reference: string): Json {
  let value: any = document
  for (const part of reference.replace(/^#\//, '').split('/')) {
    value = value?.[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  if (!reference.startsWith('#/') || !value)
    throw new Error(`The document refers to ${reference}, which it does not have.`)
  return value
}

function entries(value: object): [string, Json][] {
  return Object.entries(value)
}
