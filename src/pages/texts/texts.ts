import type { Deps } from '../../api/context.ts'
import type { Language } from '../../errors/language.ts'
import { en } from './en.ts'

/** The texts of the pages in each language, as plain data. Texts of the API come from its own catalogue. */
export type Texts = Worded<typeof en>

type Worded<T> = { readonly [K in keyof T]: T[K] extends string ? string : Worded<T[K]> }

/** The texts in a language. Korean is loaded at its first use. */
export async function textsIn(language: Language, { korean }: Pick<Deps, 'korean'>): Promise<Texts> {
  return language === 'ko' ? ((await korean()).pages as Texts) : en
}

/** Replaces `{}` in a text by a value. */
export function filled(text: string, value: string | number): string {
  return text.replace('{}', () => String(value))
}

/** The text for a number of comments. */
export function commentCount({ comments }: Texts, count: number): string {
  return count === 0 ? comments.none : filled(count === 1 ? comments.one : comments.many, count)
}
