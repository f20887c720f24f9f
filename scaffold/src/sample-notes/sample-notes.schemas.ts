import { z } from '@hono/zod-openapi'
import { pageParameters } from '../api/pagination.ts'
import { dateTime, numericId, output } from '../http/fields.ts'
import { idParameter } from '../http/parameters.ts'
import { textField } from '../http/text.ts'
import type { SampleNoteRow } from './sample-notes.table.ts'

export const SampleNoteParameter = idParameter('Id of the sample note.')
export const ListSampleNotes = z.strictObject(pageParameters)

/** Every field has an example, which the tests and the page at /docs send. */
const fields = {
  text: textField({ min: 1, max: 1000, isBlankAllowed: false, kind: 'body' }).openapi({
    description: 'The text.',
    example: 'Water the plants.',
  }),
}

export const CreateSampleNote = z
  .strictObject(fields)
  .openapi('CreateSampleNote', { description: 'A new sample note.' })
export type CreateSampleNote = z.output<typeof CreateSampleNote>

export const UpdateSampleNote = z
  .strictObject(fields)
  .partial()
  .openapi('UpdateSampleNote', { description: 'The fields to change.' })
export type UpdateSampleNote = z.output<typeof UpdateSampleNote>

export const SampleNote = z
  .strictObject({
    id: numericId('Id of the sample note.'),
    text: output('The text.', { min: 1, max: 1000, example: 'Water the plants.' }),
    created_at: dateTime('When it was written.'),
    updated_at: dateTime('When it was last changed.'),
  })
  .openapi('SampleNote', { description: 'A sample note.' })
export type SampleNote = z.output<typeof SampleNote>

/** Converts a row to the response. It names every field, so that a new column stays private until it is added here. */
export function toSampleNote(row: SampleNoteRow): SampleNote {
  return { id: row.id, text: row.text, created_at: row.createdAt, updated_at: row.updatedAt }
}
