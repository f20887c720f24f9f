import type { OpenAPIHono } from '@hono/zod-openapi'
import type { OpenAPIObject, SecuritySchemeObject } from 'openapi3-ts/oas31'
import { cookieName } from './auth/cookies.ts'
import type { AppEnv } from './context.ts'
import { documentedHeaders } from './http/headers.ts'

const description = `People register and log in, get JSON Web Tokens, and write posts behind a guard.

**To try it here:** register with \`POST /users\` or log in with \`POST /auth/token\`, copy \`access_token\` from the
answer, press *Authorize* and paste it at \`accessToken\`, as it is or after \`Bearer \`.

**Errors** are problems (RFC 9457) with a stable \`code\`; the address in \`type\` explains each.
**Times** are UTC with milliseconds (RFC 3339). **Unknown fields** are refused, so that typos are found.
**Lists** answer \`items\` and \`next_cursor\`; send that as \`cursor\` for the next page.
**Changes** of what carries an \`ETag\` can be made safe with \`If-Match\`.`

const tags = [
  { name: 'Users', description: 'Registering, profiles and one’s own account.' },
  { name: 'Auth', description: 'Logging in, and who a token speaks for.' },
  {
    name: 'Posts',
    description: 'Posts: lists for everyone, whole posts for users, changes for their authors.',
  },
  { name: 'Comments', description: 'Comments on posts.' },
  { name: 'Audit', description: 'What happened to accounts and sessions.' },
  { name: 'Service', description: 'Health, this document and its pages.' },
]

const securitySchemes = (publicUrl: string | undefined): Record<string, SecuritySchemeObject> => ({
  accessToken: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: 'The access token as it is, or with `Bearer ` before it.',
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
    name: cookieName('access', publicUrl),
    description:
      'Set by `POST /auth/token?carrier=cookie`. Unsafe methods then need to come from the same origin.',
  },
  basic: {
    type: 'http',
    scheme: 'basic',
    description: 'Username or e-mail address and password; only to log in with `POST /auth/token`.',
  },
})

/** The OpenAPI 3.1 document of the app's routes; build it once and keep it, it takes milliseconds. */
export function buildDocument(app: OpenAPIHono<AppEnv>, publicUrl?: string): OpenAPIObject {
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Gatepost',
      version: '0.1.0',
      description,
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    servers: [{ url: publicUrl ?? '/', description: 'This server.' }],
    tags,
  })
  document.components = {
    ...document.components,
    headers: documentedHeaders,
    securitySchemes: securitySchemes(publicUrl),
  }
  return document
}
