import { problemInKorean as problem } from '../errors/define-problems.ts'
import type { postsProblems } from './posts.problems.ts'

export const postsProblemsInKorean: Partial<Record<keyof typeof postsProblems, ReturnType<typeof problem>>> =
  {
    'posts.not_found': problem(
      '없는 글',
      '이 id를 가진 글이 없습니다.',
      'GET /posts로 글을 찾아보세요. 초안은 글쓴이와 관리자만 볼 수 있습니다.',
    ),
    'revisions.not_found': problem(
      '없는 버전',
      '글에 이 번호의 이전 버전이 없습니다.',
      'GET /posts/{id}/revisions로 이전 버전을 찾아보세요.',
    ),
  }
