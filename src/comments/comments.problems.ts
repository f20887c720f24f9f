import { defineProblems } from '../errors/define-problems.ts'

export const commentsProblems = defineProblems({
  'comments.not_found': {
    status: 404,
    title: 'No such comment',
    detail: 'The post has no comment with this id.',
    advice: 'Look its comments up with GET /posts/{id}/comments.',
  },
})
