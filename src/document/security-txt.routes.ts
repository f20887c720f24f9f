import { z } from '@hono/zod-openapi'
import { namespace } from '../api/namespace.ts'
import { ApiError } from '../errors/api-error.ts'
import { headerReferences } from '../http/headers.ts'
import { createRouter } from '../http/router.ts'

const SecurityText = z.string().openapi({
  description: 'Lines of fields (RFC 9116, section 2).',
  minLength: 1,
  maxLength: 10_000,
  pattern: '^Contact: [\\s\\S]+$',
  example: 'Contact: mailto:security@example.com\r\nExpires: 2027-05-01T00:00:00.000Z\r\n',
})

const read = namespace('Service').route({
  operationId: 'readSecurityContact',
  method: 'get',
  path: '/.well-known/security.txt',
  summary: 'Where to report weaknesses',
  description: 'The file `security.txt` (RFC 9116), if whoever runs the server has set `SECURITY_CONTACT`.',
  responses: {
    200: {
      description: 'The file.',
      headers: headerReferences(),
      content: { 'text/plain': { schema: SecurityText } },
    },
  },
  problems: ['route.not_found'],
  usesDatabase: false,
  ignoresQuery: true,
})

const aDay = 86_400_000

/** Days until the file expires: less than a year, as section 2.5.5 recommends. */
const validDays = 180

export const securityTxtRoutes = createRouter().openapi(read, (c) => {
  const { config, now } = c.get('deps')
  if (config.SECURITY_CONTACT.length === 0)
    throw new ApiError('route.not_found', {
      detail: 'There is no security.txt: SECURITY_CONTACT is not set on this server.',
    })
  // Rounded to a day, so that the file does not change during the day.
  const expires = new Date((Math.floor(now() / aDay) + validDays) * aDay).toISOString()
  const lines = [
    ...config.SECURITY_CONTACT.map((contact) => `Contact: ${contact}`),
    `Expires: ${expires}`,
    ...(config.PUBLIC_URL ? [`Canonical: ${config.PUBLIC_URL}/.well-known/security.txt`] : []),
  ]
  const text = lines.map((line) => `${line}\r\n`).join('')
  return c.text(text, 200, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'public, max-age=300',
  })
})
