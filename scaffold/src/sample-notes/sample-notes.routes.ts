import { z } from '@hono/zod-openapi'
import { idempotencyKey, idempotentRequest } from '../api/idempotency.ts'
import { namespace } from '../api/namespace.ts'
import { decodeCursor, pageOf, toPage } from '../api/pagination.ts'
import { body, empty, jsonResponse, noBody } from '../api/responses.ts'
import {
  entityTag,
  isUnchanged,
  preconditionsOf,
  readConditions,
  writeConditions,
} from '../http/conditional.ts'
import { createRouter } from '../http/router.ts'
import {
  CreateSampleNote,
  ListSampleNotes,
  SampleNote,
  SampleNoteParameter,
  toSampleNote,
  UpdateSampleNote,
} from './sample-notes.schemas.ts'
import {
  createSampleNote,
  deleteSampleNote,
  listSampleNotes,
  readSampleNote,
  updateSampleNote,
} from './sample-notes.service.ts'
import type { SampleNoteRow } from './sample-notes.table.ts'

const sampleNotes = namespace('Sample notes', 'Sample notes, which their author alone can see.')

const list = sampleNotes.secured({
  operationId: 'listSampleNotes',
  method: 'get',
  path: '/sample-notes',
  scope: 'sample-notes:read',
  summary: 'List your sample notes',
  description: 'Newest first.',
  request: { query: ListSampleNotes },
  responses: { 200: jsonResponse(pageOf(SampleNote, 'SampleNotePage'), 'A page of sample notes.', 'Link') },
})

const create = sampleNotes.secured({
  operationId: 'createSampleNote',
  method: 'post',
  path: '/sample-notes',
  scope: 'sample-notes:write',
  summary: 'Create a sample note',
  description: 'Its author is the user whose token it is.',
  parameters: [idempotencyKey],
  request: { body: body(CreateSampleNote) },
  responses: {
    201: jsonResponse(SampleNote, 'The new sample note.', 'Location', 'ETag', 'Idempotency-Replayed'),
  },
  problems: ['idempotency.key_reused'],
})

const read = sampleNotes.secured({
  operationId: 'readSampleNote',
  method: 'get',
  path: '/sample-notes/{id}',
  scope: 'sample-notes:read',
  summary: 'Read a sample note',
  description: 'One of your own.',
  parameters: readConditions,
  request: { params: SampleNoteParameter },
  responses: {
    200: jsonResponse(SampleNote, 'The sample note.', 'ETag'),
    304: noBody('Unchanged since the version in If-None-Match.', 'ETag'),
  },
  problems: ['sample_notes.not_found', 'precondition.failed'],
})

const update = sampleNotes.secured({
  operationId: 'updateSampleNote',
  method: 'patch',
  path: '/sample-notes/{id}',
  scope: 'sample-notes:write',
  summary: 'Change a sample note',
  description: 'Changes the fields that are sent. With If-Match only if nobody changed it meanwhile.',
  parameters: writeConditions,
  request: { params: SampleNoteParameter, body: body(UpdateSampleNote) },
  responses: { 200: jsonResponse(SampleNote, 'The sample note as it is now.', 'ETag') },
  problems: ['sample_notes.not_found', 'precondition.failed'],
})

const remove = sampleNotes.secured({
  operationId: 'deleteSampleNote',
  method: 'delete',
  path: '/sample-notes/{id}',
  scope: 'sample-notes:write',
  summary: 'Delete a sample note',
  description: 'With If-Match only if nobody changed it meanwhile.',
  parameters: writeConditions,
  request: { params: SampleNoteParameter },
  responses: { 204: noBody('The sample note is gone.') },
  problems: ['sample_notes.not_found', 'precondition.failed'],
})

export const sampleNotesRoutes = createRouter()
  .openapi(list, async (c) => {
    const { limit, cursor } = c.req.valid('query')
    const authorId = c.var.user.id
    const scope = { list: 'sample-notes', filters: authorId }
    const before = decodeCursor(c, cursor, scope, z.int())
    const rows = await listSampleNotes(c.var.db, { authorId, before, limit: limit + 1 })
    const position = (row: SampleNoteRow) => row.id
    const { page, headers } = toPage(c, { rows, limit, scope, position, item: toSampleNote })
    return c.json(page, 200, headers)
  })
  .openapi(create, async (c) => {
    const values = c.req.valid('json')
    const request = await idempotentRequest(c, c.var.user, values)
    const { row, isReplay } = await createSampleNote(c.var.db, {
      ...values,
      authorId: c.var.user.id,
      request,
    })
    const headers = { Location: `/sample-notes/${row.id}`, ETag: tagOf(row) }
    return c.json(toSampleNote(row), 201, isReplay ? { ...headers, 'Idempotency-Replayed': 'true' } : headers)
  })
  .openapi(read, async (c) => {
    const row = await readSampleNote(c.var.db, { ...c.req.valid('param'), authorId: c.var.user.id })
    const tag = tagOf(row)
    return isUnchanged(c, tag) ? empty(c, 304, { ETag: tag }) : c.json(toSampleNote(row), 200, { ETag: tag })
  })
  .openapi(update, async (c) => {
    const row = await updateSampleNote(c.var.db, {
      ...c.req.valid('param'),
      authorId: c.var.user.id,
      preconditions: preconditionsOf(c, tagParts),
      changes: c.req.valid('json'),
    })
    return c.json(toSampleNote(row), 200, { ETag: tagOf(row) })
  })
  .openapi(remove, async (c) => {
    await deleteSampleNote(c.var.db, {
      ...c.req.valid('param'),
      authorId: c.var.user.id,
      preconditions: preconditionsOf(c, tagParts),
    })
    return empty(c, 204)
  })

function tagOf(row: SampleNoteRow): string {
  return entityTag(row.version)
}

/** The number of versions in the entity tag. */
const tagParts = 1
