import type { Language } from '../http/language.ts'
import { en } from './en.ts'
import { ko } from './ko.ts'

/** What the pages say, in each language; what the API says comes from its own catalogue. */
export type Texts = Worded<typeof en>

type Worded<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...args: infer A) => string
      ? (...args: A) => string
      : Worded<T[K]>
}

export const texts: Record<Language, Texts> = { en, ko }
