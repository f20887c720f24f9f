import { problemInKorean as problem } from '../errors/define-problems.ts'
import type { commentsProblems } from './comments.problems.ts'

export const commentsProblemsInKorean: Partial<
  Record<keyof typeof commentsProblems, ReturnType<typeof problem>>
> = {
  'comments.not_found': problem(
    '없는 댓글',
    '글에 이 id를 가진 댓글이 없습니다.',
    'GET /posts/{id}/comments로 댓글을 찾아보세요.',
  ),
}
