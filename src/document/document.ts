import type { OpenAPIHono } from '@hono/zod-openapi'
import type { HeaderObject, OpenAPIObject, OperationObject, SecuritySchemeObject } from 'openapi3-ts/oas31'
import program from '../../package.json' with { type: 'json' }
import type { AppEnv } from '../api/context.ts'
import { describeTag } from '../api/namespace.ts'
import type { Config } from '../config/config.ts'
import { documentedHeaders } from '../http/headers.ts'
import { addExamples } from './examples.ts'
import { forServer } from './for-server.ts'
import { operationsOf, shareResponses } from './share-responses.ts'

const description = `People register and log in, get JSON Web Tokens, and write posts behind a guard.

**To try it here:** press *Authorize* and type username and password at \`basic\`: you are logged in, and what follows
carries the token. (An access token or API token can be pasted at \`accessToken\`, too.) The examples work as they stand on
demo data, which \`gatepost demo\` loads: log in as \`demo\` with the password \`gatepost-demo\`. What is for admins needs an admin.

**API tokens** (\`gp_…\`) are for programs, which send them like access tokens. Each operation declares the scope that an
API token needs; the scope \`session\` means that API tokens are refused.
**Errors** are problems (RFC 9457) with a stable \`code\`; the address in \`type\` explains each. What they say is in
English, or in Korean for whom \`Accept-Language\` prefers it.
**Times** are UTC with milliseconds (RFC 3339). **Unknown fields** are refused, so that typos are found.
**Lists** answer \`items\` and \`next_cursor\`; send that as \`cursor\` for the next page.
**Changes** of what carries an \`ETag\` can be made safe with \`If-Match\`.`

const securitySchemes: Record<string, SecuritySchemeObject> = {
  accessToken: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description:
      'The access token or API token as it is, or after `Bearer `, `Token ` or `JWT ` (any case). The scope is for API tokens; access tokens have all scopes.',
  },
  xAccessToken: {
    type: 'apiKey',
    in: 'header',
    name: 'x-access-token',
    description: 'The access token as it is, for clients that cannot set `Authorization`.',
  },
  cookieToken: {
    type: 'apiKey',
    in: 'cookie',
    name: '', // set by forServer
    description:
      'Set by `POST /auth/token?carrier=cookie`. Unsafe methods then need to come from the same origin. It counts only where no header carries a credential.',
  },
  metricsToken: {
    type: 'http',
    scheme: 'bearer',
    description: 'The `METRICS_TOKEN` of the server; only for `GET /metrics`.',
  },
  basic: {
    type: 'http',
    scheme: 'basic',
    description: 'Username or e-mail address and password; only to log in with `POST /auth/token`.',
  },
}

/**
 * Builds the OpenAPI 3.1 document of the app's routes for a server with these settings. Build it once and keep it: it
 * takes milliseconds. The Worker does not contain this module; worker/assets.ts builds the document for it.
 */
export function buildDocument(
  app: OpenAPIHono<AppEnv>,
  settings: Pick<Config, 'PUBLIC_URL' | 'CONTACT_EMAIL'>,
): OpenAPIObject {
  const { webhooks: _none, ...document } = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Gatepost',
      version: program.version,
      description,
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
      contact: { name: 'Support', url: '', email: '' },
    },
    servers: [
      {
        url: '/',
        description: 'This server, be it for production, staging or development.',
        'x-internal': false,
      },
    ],
  })
  document.tags = tagsOf(document)
  document.components = { ...document.components, securitySchemes: structuredClone(securitySchemes) }
  addExamples(document)
  shareResponses(document)
  document.components.headers = usedHeaders(document)
  for (const { parameters } of operationsOf(document)) parameters?.sort(requiredFirst)
  return forServer(document, settings)
}

/** The tags in the order of app.ts, which suits a new reader. */
function tagsOf(document: OpenAPIObject): { name: string; description: string }[] {
  const names = new Set(operationsOf(document).flatMap(({ tags = [] }) => tags))
  return [...names].map((name) => ({ name, description: describeTag(name) }))
}

/** The headers that responses refer to; linters report unused ones in the components. */
function usedHeaders(document: OpenAPIObject): Record<string, HeaderObject> {
  const text = JSON.stringify(document)
  return Object.fromEntries(
    Object.entries(documentedHeaders).filter(([name]) => text.includes(`#/components/headers/${name}"`)),
  )
}

type Parameter = NonNullable<OperationObject['parameters']>[number]

function requiredFirst(a: Parameter, b: Parameter): number {
  const isRequired = (one: Parameter) => Number('required' in one && one.required === true)
  return isRequired(b) - isRequired(a)
}
