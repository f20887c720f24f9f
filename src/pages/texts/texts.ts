import type { Deps } from '../../api/context.ts'
import type { Language } from '../../errors/language.ts'
import { en } from './en.ts'

/** What the pages say, in each language, as plain data; what the API says comes from its own catalogue. */
export type Texts = Worded<typeof en>

type Worded<T> = { readonly [K in keyof T]: T[K] extends string ? string : Worded<T[K]> }

/** The texts in a language. Korean is loaded when it is first wanted. */
export async function textsIn(language: Language, { korean }: Pick<Deps, 'korean'>): Promise<Texts> {
  return language === 'ko' ? ((await korean()).pages as Texts) : en
}

/** A text with a value in the place of `{}`. */
export function filled(text: string, value: string | number): string {
  return text.replace('{}', () => String(value))
}

/** How many comments there are. */
export function commentCount({ comments }: Texts, count: number): string {
  return count === 0 ? comments.none : filled(count === 1 ? comments.one : comments.many, count)
}
