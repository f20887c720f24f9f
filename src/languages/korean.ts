import type { ProblemWording } from '../errors/define-problems.ts'
import { messagesInKorean, typesInKorean } from '../errors/messages.ko.ts'
import { catalogueInKorean } from '../errors/problems.ko.generated.ts'
import type { ProblemCode } from '../errors/problems.ts'
import { ko } from '../pages/texts/ko.ts'

/** Not every problem has its Korean: see `npm run list:korean`. */
const problems: Partial<Record<ProblemCode, ProblemWording>> = catalogueInKorean

/**
 * What this service says in Korean. Plain data, and loaded when somebody wants Korean: on Workers it is a static
 * asset, to keep the script small.
 */
export const korean = {
  problems,
  messages: messagesInKorean,
  types: typesInKorean,
  pages: ko,
}
export type Korean = typeof korean
