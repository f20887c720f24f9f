import { problemInKorean as problem } from '../errors/define-problems.ts'
import type { usersProblems } from './users.problems.ts'

export const usersProblemsInKorean: Partial<Record<keyof typeof usersProblems, ReturnType<typeof problem>>> =
  {
    'users.not_found': problem(
      '없는 사용자',
      '이 id를 가진 사용자가 없습니다.',
      'GET /users로 사용자를 찾아보세요.',
    ),
    'users.username_taken': problem(
      '이미 쓰이는 사용자 이름',
      '다른 계정이 이 사용자 이름이나 비슷해 보이는 이름을 쓰고 있습니다.',
      '다른 이름을 고르세요. 대문자와 소문자는 구별하지 않으며, ada1과 adal처럼 비슷해 보이는 이름은 함께 쓸 수 없습니다.',
    ),
    'users.email_taken': problem(
      '이미 쓰이는 이메일 주소',
      '다른 계정이 이 이메일 주소를 쓰고 있습니다.',
      '그 계정으로 로그인하거나 다른 이메일 주소를 쓰세요.',
    ),
    'users.last_admin': problem(
      '마지막 관리자',
      '로그인할 수 있는 유일한 관리자입니다.',
      '먼저 다른 계정을 관리자로 만드세요.',
    ),
  }
