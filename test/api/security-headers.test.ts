import { describe, expect, test } from 'vitest'
import { openApi } from '../support/api.ts'

const api = await openApi()

/** Requests for each kind of response: data, errors from each layer, a page, a file of a page, no body. */
const requests: [string, string, Record<string, string>][] = [
  ['GET', '/posts', {}],
  ['GET', '/nowhere', {}],
  ['PUT', '/posts', {}],
  ['OPTIONS', '/posts', {}],
  ['GET', '/users/me', {}],
  ['GET', '/posts?%FF', {}],
  ['GET', '/posts?limit=0', {}],
  ['POST', '/users', {}],
  ['HEAD', '/posts', {}],
  ['GET', '/.well-known/jwks.json', {}],
  ['GET', '/', { accept: 'text/html' }],
  ['GET', '/docs', { accept: 'text/html' }],
  ['GET', '/problems', { accept: 'text/html' }],
  ['GET', '/docs/start.js', {}],
  ['GET', '/docs/swagger-ui-dist/swagger-ui.css', {}],
]

describe('security headers', () => {
  test.for(requests)(
    'The response to %s %s has the security headers for browsers',
    async ([method, path, headers]) => {
      const response = await api.request(path, { method, headers })
      const sent = (name: string) => response.headers.get(name)
      expect(sent('x-content-type-options')).toBe('nosniff')
      expect(sent('content-security-policy')).toMatch(/^default-src 'none';.*frame-ancestors 'none'/)
      expect(sent('referrer-policy')).toMatch(/^(no-referrer|same-origin)$/)
      expect(sent('cross-origin-resource-policy')).toBe('same-origin')
      expect(sent('cache-control')).not.toBeNull()
      expect(sent('access-control-allow-origin')).toBeNull()
      for (const name of ['server', 'x-powered-by']) expect(sent(name)).toBeNull()
    },
  )
})
