import type { Korean } from '../api/ports.ts'
import { messagesInKorean, typesInKorean } from '../errors/messages.ko.ts'
import { catalogueInKorean } from '../errors/problems.ko.generated.ts'
import { ko } from '../pages/texts/ko.ts'

/**
 * What this service says in Korean. Plain data, and loaded when somebody wants Korean: on Workers it is a static
 * asset, to keep the script small.
 */
export const korean: Korean = {
  problems: catalogueInKorean,
  messages: messagesInKorean,
  types: typesInKorean,
  pages: ko,
}
