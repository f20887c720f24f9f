import { z } from '@hono/zod-openapi'
import { expect, test } from 'vitest'
import { namespace } from '../../src/api/namespace.ts'
import { createRouter } from '../../src/http/router.ts'

const notes = namespace('Notes', 'For this test.')
const spec = {
  operationId: 'readNote',
  method: 'get',
  path: '/notes/{id}',
  scope: 'posts:read',
  summary: 'Read',
  description: 'Reads.',
  request: { params: z.object({ id: z.string() }) },
  responses: { 200: { description: 'It.' } },
} as const
const route = notes.secured(spec)
const handler = (() => new Response()) as never // never called
const mount =
  (mounted: object, ...more: never[]) =>
  () =>
    createRouter().openapi(mounted as typeof route, handler, ...more)

test('A route with a complete contract is mounted', () => {
  expect(mount(route)).not.toThrow()
})

test.each([
  ['middleware of its own', { ...route, middleware: () => {} }, "readNote: a route's middleware is not run."],
  ['no namespace', { ...route, checks: undefined }, 'readNote: make the route with namespace'],
  ['a parameter that no schema names', notes.secured({ ...spec, path: '/notes/{id}/{part}' }), 'has {part}'],
  [
    'a schema for no parameter',
    notes.secured({ ...spec, path: '/notes' }),
    'declares id, which the path has not',
  ],
])('A route with %s is refused at start, and the error names it', (_what, mounted, message) => {
  expect(mount(mounted)).toThrow(message)
})

test('A hook, which would not run, is refused at start', () => {
  expect(mount(route, (() => {}) as never)).toThrow('readNote: a hook is not run.')
})

test('A route without a contract is refused at start', () => {
  expect(() => createRouter().get('/notes', () => new Response())).toThrow('get /notes: make the route with')
})
