import { defineProblems } from '../errors/define-problems.ts'

export const postsProblems = defineProblems({
  'posts.not_found': {
    status: 404,
    title: 'No such post',
    detail: 'There is no post with this id.',
    advice: 'Look the post up with GET /posts. Drafts are seen by their author and admins alone.',
  },
  'revisions.not_found': {
    status: 404,
    title: 'No such revision',
    detail: 'The post has no revision with this number.',
    advice: 'Look its revisions up with GET /posts/{id}/revisions.',
  },
})
