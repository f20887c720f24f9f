import type { Korean } from '../api/ports.ts'
import { messagesInKorean, typesInKorean } from '../errors/messages.ko.ts'
import { catalogueInKorean } from '../errors/problems.ko.generated.ts'
import { ko } from '../pages/texts/ko.ts'

/**
 * The Korean texts, as plain data. Loaded at their first use: on Workers they are a static asset, to keep the script
 * small.
 */
export const korean: Korean = {
  problems: catalogueInKorean,
  messages: messagesInKorean,
  types: typesInKorean,
  pages: ko,
}
