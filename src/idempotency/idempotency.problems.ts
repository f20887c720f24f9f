import { defineProblems } from '../errors/define-problems.ts'

export const idempotencyProblems = defineProblems({
  'idempotency.key_reused': {
    status: 422,
    title: 'Idempotency-Key used for something else',
    detail: 'An earlier request with this Idempotency-Key was another one.',
    advice: 'Use a new key for every new request; repeat a key only with the very same request.',
  },
})
