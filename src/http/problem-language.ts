import { inKorean } from '../messages.ko.ts'
import { problemsInKorean } from '../problems.ko.ts'
import { type ProblemCode, problems } from '../problems.ts'
import type { Language } from './language.ts'

/** What a problem says to people, besides its codes for programs. */
interface Said {
  code: ProblemCode
  title: string
  detail: string
  errors?: readonly { message: string }[]
}

/** A problem in this language. Problems are made in English; what has no translation stays so. */
export function said<T extends Said>(problem: T, language: Language): T {
  if (language === 'en') return problem
  const { title, detail } = problemsInKorean[problem.code]
  const isUsual = problem.detail === problems[problem.code].detail
  return {
    ...problem,
    title,
    detail: isUsual ? detail : (inKorean(problem.detail) ?? problem.detail),
    ...(problem.errors && {
      errors: problem.errors.map((error) => ({
        ...error,
        message: inKorean(error.message) ?? error.message,
      })),
    }),
  }
}

/** What a problem is called, means and asks for. */
export function wordingOf(code: ProblemCode, language: Language) {
  return language === 'ko' ? problemsInKorean[code] : problems[code]
}
