/** A kind of problem (RFC 9457, section 3), by its stable code. */
export interface ProblemType {
  status: 400 | 401 | 403 | 404 | 405 | 406 | 408 | 409 | 412 | 413 | 415 | 422 | 431 | 429 | 500 | 503
  title: string
  /** What is wrong. It is used unless the code that throws gives a more exact detail. */
  detail: string
  /** What the reader can do about it. */
  advice: string
}

/**
 * Defines the problems of one resource, in its `*.problems.ts`. `npm run generate` joins the files of all resources.
 * Each code is thrown (`ApiError`), documented (`problems: [...]`) and explained at `/problems/{code}`.
 */
export const defineProblems = <Code extends string>(problems: Record<Code, ProblemType>) => problems

/** A problem in Korean. A problem without a translation is shown in English. */
export type ProblemWording = Pick<ProblemType, 'title' | 'detail' | 'advice'>

export const problemInKorean = (title: string, detail: string, advice: string): ProblemWording => ({
  title,
  detail,
  advice,
})
