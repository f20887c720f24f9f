import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { openApi } from '../support/api.ts'

const api = await openApi()
const document = (await api.get('/openapi.json')).json

describe('health', () => {
  test('Both probes report the health', async () => {
    expect((await api.get('/healthz')).json).toEqual({ status: 'ok' })
    expect((await api.get('/readyz')).json).toEqual({ status: 'ok' })
  })
})

describe('the document', () => {
  test('The document is the same in JSON and YAML', async () => {
    expect(parse((await api.get('/openapi.yaml')).text)).toEqual(document)
  })

  test('The document declares the security schemes of the contract', () => {
    expect(document.components.securitySchemes).toMatchObject({
      accessToken: { type: 'apiKey', in: 'header', name: 'Authorization' },
      xAccessToken: { type: 'apiKey', in: 'header', name: 'x-access-token' },
      basic: { type: 'http', scheme: 'basic' },
    })
    expect(document.paths['/auth/token'].post.security).toEqual([{ basic: [] }, {}])
  })
})

describe('explanations of problems', () => {
  test.each<string>(document.components.schemas.ProblemCode.enum)(
    'The explanation of %s exists, as JSON and as a page',
    async (code) => {
      const asJson = await api.get(`/problems/${code}`)
      expect(asJson.json).toMatchObject({ code, title: expect.any(String), advice: expect.any(String) })
      const asPage = await api.get(`/problems/${code}`, { headers: { accept: 'text/html,*/*;q=0.8' } })
      expect(asPage.headers.get('content-type')).toMatch(/^text\/html/)
      expect(asPage.text).toContain(code)
    },
  )

  test('The type of a problem is the address of its explanation', async () => {
    const problem = (await api.get('/nowhere')).json
    expect((await api.get(problem.type)).json).toMatchObject({ title: problem.title, status: problem.status })
  })

  test.each(['nothing', '__proto__', 'constructor', 'toString'])(
    'The unknown code %s is 404',
    async (code) => {
      expect((await api.get(`/problems/${code}`)).json.code).toBe('problems.not_found')
    },
  )

  test('A text that is too long for a code is 422', async () => {
    expect((await api.get(`/problems/${'x'.repeat(65)}`)).status).toBe(422)
  })
})

describe('the pages', () => {
  test('The pages load files only from this server, and nothing inline', async () => {
    for (const path of ['/', '/docs', '/problems/request.invalid']) {
      const { text, headers } = await api.get(path, { headers: { accept: 'text/html' } })
      const loaded = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '')
      expect(loaded.filter((address) => !/^[/#](?!\/)/.test(address) && address !== 'data:,')).toEqual([])
      expect(text).not.toMatch(/<script>|<style|style=|onclick=/)
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'/)
      expect(headers.get('content-security-policy')).not.toContain('unsafe')
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
      for (const address of loaded.filter((candidate) => /^\/(docs|app\/assets)\//.test(candidate))) {
        expect((await api.get(address)).status).toBe(200)
      }
    }
  })

  test('The folder of the pages’ files serves no other files', async () => {
    for (const file of ['package.json', '..%2fpackage.json', '__proto__', 'swagger-ui.js']) {
      expect((await api.get(`/docs/swagger-ui-dist/${file}`)).status).toBe(404)
    }
  })
})
