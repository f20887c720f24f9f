import { problemInKorean as problem } from '../errors/define-problems.ts'
import type { serviceProblems } from './service.problems.ts'

export const serviceProblemsInKorean: Partial<
  Record<keyof typeof serviceProblems, ReturnType<typeof problem>>
> = {
  'problems.not_found': problem(
    '없는 오류 코드',
    '이 코드를 가진 오류가 없습니다.',
    '모든 오류는 /problems에 있습니다.',
  ),
  'service.overloaded': problem(
    '바쁨',
    '서버가 제시간에 끝낼 수 있는 것보다 할 일이 많습니다.',
    'Retry-After의 초가 지난 뒤 다시 시도하세요.',
  ),
  'service.unavailable': problem(
    '일시적으로 사용할 수 없음',
    '지금은 데이터베이스가 응답하지 못합니다.',
    'Retry-After의 초가 지난 뒤 다시 시도하세요. 사라진 것은 없습니다.',
  ),
  'service.misconfigured': problem(
    '설정되지 않음',
    '서버의 설정이 아직 올바르지 않습니다. 무엇이 왜 그런지는 서버의 로그에 있습니다.',
    '서버 운영자에게 알리세요. request_id로 로그의 줄을 찾을 수 있습니다.',
  ),
  'service.stopping': problem(
    '곧 멈춤',
    '이 서버는 곧 멈추며 시작한 일을 마무리하고 있습니다.',
    '새 요청은 다른 서버로 보내거나 Retry-After의 초가 지난 뒤 다시 시도하세요.',
  ),
  'service.failure': problem(
    '내부 오류',
    '서버에서 문제가 생겼습니다. 요청 id와 함께 기록되었습니다.',
    '서버의 결함입니다. request_id와 함께 알려 주세요.',
  ),
}
