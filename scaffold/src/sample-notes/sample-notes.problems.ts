import { defineProblems } from '../errors/define-problems.ts'

export const sampleNotesProblems = defineProblems({
  'sample_notes.not_found': {
    status: 404,
    title: 'No such sample note',
    detail: 'You have no sample note with this id.',
    advice: 'Look your sample notes up with GET /sample-notes. Those of others are not shown.',
  },
})
