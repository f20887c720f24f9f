import type {
  OpenAPIObject,
  OperationObject,
  ParameterObject,
  PathItemObject,
  RequestBodyObject,
} from 'openapi3-ts/oas31'
import { exampleOf } from './examples.ts'

// Postman Collection Format 2.1.0. Requests take their values from variables, which the log-in request sets.

type Json = Record<string, unknown>

/** The default address of the service. */
const defaultUrl = 'http://127.0.0.1:3000'

/** Operations that make the token invalid. */
const endingOperations = ['logOut', 'deleteMe', 'endSessions']

/** Stores the tokens of each response, so that later requests send them. */
const keepTokens = [
  "if (pm.response.headers.get('Content-Type')?.startsWith('application/json')) {",
  '  const { access_token: access, refresh_token: refresh } = pm.response.json()',
  "  if (access) pm.collectionVariables.set('accessToken', access)",
  "  if (refresh) pm.collectionVariables.set('refreshToken', refresh)",
  '}',
]

/** The operations as a Postman collection: a folder per tag, with the examples of the document. */
export function toPostman(document: OpenAPIObject): Json {
  const [server] = document.servers ?? []
  const tags = document.tags ?? []
  // Logging in comes first, ending the session last, so that the collection runs from top to bottom.
  const folders = [
    ...tags.filter(({ name }) => name === 'Auth'),
    ...tags.filter(({ name }) => name !== 'Auth'),
  ]
  const routes = routesOf(document)
  const isLast = ({ operation }: Route) => endingOperations.includes(operation.operationId ?? '')
  return {
    info: {
      name: document.info.title,
      description: document.info.description,
      version: document.info.version,
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{accessToken}}', type: 'string' }] },
    event: [{ listen: 'test', script: { type: 'text/javascript', exec: keepTokens } }],
    variable: [
      { key: 'baseUrl', value: server?.url.startsWith('http') ? server.url : defaultUrl },
      { key: 'username', value: 'demo', description: 'Of the demo data: gatepost demo.' },
      { key: 'password', value: 'gatepost-demo' },
      { key: 'accessToken', value: '', description: 'Set by logging in.' },
      { key: 'refreshToken', value: '', description: 'Set by logging in.' },
    ],
    item: [
      ...folders.map(({ name, description }) => ({
        name,
        description,
        item: routes
          .filter((route) => !isLast(route) && route.operation.tags?.includes(name))
          .map((route) => toItem(document, route)),
      })),
      {
        name: 'Leaving',
        description: 'What ends the session of the token, and the account.',
        item: routes.filter(isLast).map((route) => toItem(document, route)),
      },
    ],
  }
}

/** All operations. Those that delete something come after those that need it. */
function routesOf(document: OpenAPIObject): Route[] {
  const methods = ['get', 'put', 'post', 'patch', 'delete'] as const
  const routes = Object.entries(document.paths ?? {}).flatMap(([path, item]: [string, PathItemObject]) =>
    methods.flatMap((method) => {
      const operation = item[method]
      return operation ? [{ path, method, operation }] : []
    }),
  )
  return routes.sort((a, b) => Number(a.method === 'delete') - Number(b.method === 'delete'))
}

interface Route {
  path: string
  method: string
  operation: OperationObject
}

function toItem(document: OpenAPIObject, { path, method, operation }: Route): Json {
  const body = bodyOf(document, operation)
  const parameters = (operation.parameters ?? []) as ParameterObject[]
  const headers = parameters.filter((one) => one.in === 'header').map((one) => variableOf(document, one))
  const json = body === undefined ? [] : [{ key: 'Content-Type', value: 'application/json' }]
  const isOpen = !(operation.security ?? []).some((way) => 'accessToken' in way)
  return {
    name: operation.summary,
    request: {
      method: method.toUpperCase(),
      description: operation.description,
      ...(isOpen && { auth: { type: 'noauth' } }),
      header: [...json, ...headers],
      ...(body !== undefined && {
        body: { mode: 'raw', raw: JSON.stringify(body, null, 2), options: { raw: { language: 'json' } } },
      }),
      url: urlOf(document, path, parameters),
    },
    response: [],
  }
}

function urlOf(document: OpenAPIObject, path: string, parameters: ParameterObject[]): Json {
  const named = path.replace(/\{(\w+)\}/g, ':$1')
  const query = parameters.filter((one) => one.in === 'query')
  return {
    raw: `{{baseUrl}}${named}`,
    host: ['{{baseUrl}}'],
    path: named.split('/').slice(1),
    // Optional parameters are switched off: with empty values they would be refused.
    query: query.map((one) => variableOf(document, one)),
    variable: parameters
      .filter((one) => one.in === 'path')
      .map(({ name, description, schema }) => ({
        key: name,
        value: String(exampleOf(schema ?? {}, document)),
        description,
      })),
  }
}

function variableOf(document: OpenAPIObject, { name, description, schema }: ParameterObject): Json {
  const example = exampleOf(schema ?? {}, document)
  return { key: name, value: example === null ? '' : String(example), description, disabled: true }
}

/** The example of a body, with variables in it. */
function bodyOf(document: OpenAPIObject, operation: OperationObject): unknown {
  const body = operation.requestBody as RequestBodyObject | undefined
  const schema = body?.content['application/json']?.schema
  if (!schema) return undefined
  const example = exampleOf(schema, document)
  if (operation.operationId === 'createToken') return { username: '{{username}}', password: '{{password}}' }
  if (operation.operationId === 'refreshToken') return { refresh_token: '{{refreshToken}}' }
  return example
}
