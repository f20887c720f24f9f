import type { ProblemWording } from './define-problems.ts'
import type { Language } from './language.ts'
import type { KoreanProblems, ProblemContext } from './problem-context.ts'
import { type ProblemCode, problems } from './problems.ts'

/** The parts of a problem that are for people; programs use the codes. */
interface ProblemText {
  code: ProblemCode
  title: string
  detail: string
  errors?: readonly { message: string }[]
}

/** Translates a problem to Korean. Parts without a translation stay in English. */
export function translateToKorean<T extends ProblemText>(problem: T, korean: KoreanProblems): T {
  const { title, detail } = wordingOf(problem.code, korean)
  const isUsual = problem.detail === problems[problem.code].detail
  const translated = (message: string) => messageInKorean(message, korean) ?? message
  return {
    ...problem,
    title,
    detail: isUsual ? detail : translated(problem.detail),
    ...(problem.errors && {
      errors: problem.errors.map((error) => ({ ...error, message: translated(error.message) })),
    }),
  }
}

/** The Korean title and detail of a problem, or the English ones without a translation. */
function wordingOf(code: ProblemCode, korean: KoreanProblems): ProblemWording {
  return korean.problems[code] ?? problems[code]
}

/** A message about a single value in Korean; undefined without a translation. */
export function messageInKorean(message: string, { messages, types }: KoreanProblems): string | undefined {
  const [, expected = '', received = ''] =
    /^Invalid input: expected (\w+), received (\w+)$/.exec(message) ?? []
  if (expected)
    return `${types[expected] ?? expected} 값이어야 하는데 ${types[received] ?? received} 값이 왔습니다.`
  for (const [english, korean] of messages) {
    const pattern = new RegExp(english, 's')
    if (pattern.test(message)) return message.replace(pattern, korean)
  }
}

/** The title, detail and explanation of every problem in this language. */
export async function wordings(
  c: Pick<ProblemContext, 'var'>,
  language: Language,
): Promise<Record<ProblemCode, ProblemWording>> {
  return language === 'ko' ? { ...problems, ...(await c.var.deps.korean()).problems } : problems
}
