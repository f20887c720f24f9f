import { problemInKorean as problem } from '../../errors/define-problems.ts'
import type { apiTokensProblems } from './api-tokens.problems.ts'

export const apiTokensProblemsInKorean: Partial<
  Record<keyof typeof apiTokensProblems, ReturnType<typeof problem>>
> = {
  'auth.token_revoked': problem(
    '폐기된 API 토큰',
    '이 API 토큰은 폐기되었습니다.',
    'POST /users/me/tokens나 /app/account/tokens 페이지에서 새 토큰을 만드세요.',
  ),
  'auth.insufficient_scope': problem(
    '권한 범위 부족',
    '이 API 토큰에는 이 기능에 필요한 권한 범위(scope)가 없습니다.',
    'WWW-Authenticate가 필요한 범위를 알려 줍니다. 그 범위를 가진 API 토큰을 만드세요. 범위가 `session`인 기능에는 로그인해서 받은 액세스 토큰이 필요합니다.',
  ),
  'api_tokens.not_found': problem(
    '없는 API 토큰',
    '이 id를 가진 API 토큰이 없거나 이미 폐기되었습니다.',
    'GET /users/me/tokens로 API 토큰을 찾아보세요.',
  ),
  'api_tokens.too_many': problem(
    '너무 많은 API 토큰',
    '이 계정은 API 토큰을 더 가질 수 없습니다.',
    '쓰지 않는 토큰을 폐기하세요. 프로그램마다 하나면 충분합니다.',
  ),
}
