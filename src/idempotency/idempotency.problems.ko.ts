import { problemInKorean as problem } from '../errors/define-problems.ts'
import type { idempotencyProblems } from './idempotency.problems.ts'

export const idempotencyProblemsInKorean: Partial<
  Record<keyof typeof idempotencyProblems, ReturnType<typeof problem>>
> = {
  'idempotency.key_reused': problem(
    '다른 요청에 쓰인 Idempotency-Key',
    '이 Idempotency-Key를 쓴 앞선 요청은 이 요청과 달랐습니다.',
    '새 요청마다 새 키를 쓰고, 똑같은 요청을 되풀이할 때만 같은 키를 쓰세요.',
  ),
}
