/** A kind of problem (RFC 9457, section 3), by its stable code. */
export interface ProblemType {
  status: 400 | 401 | 403 | 404 | 405 | 406 | 408 | 409 | 412 | 413 | 415 | 422 | 431 | 429 | 500 | 503
  title: string
  /** What is wrong, when the place that throws has nothing more exact to say. */
  detail: string
  /** What the reader can do about it. */
  advice: string
}

/**
 * The problems of one resource, in its `*.problems.ts`. `npm run generate` puts the files of all resources together.
 * Each code is thrown (`ApiError`), documented (`problems: [...]`) and explained at `/problems/{code}`.
 */
export const defineProblems = <Code extends string>(problems: Record<Code, ProblemType>) => problems

/** A problem in Korean. English is shown where a problem has none. */
export type ProblemWording = Pick<ProblemType, 'title' | 'detail' | 'advice'>

export const problemInKorean = (title: string, detail: string, advice: string): ProblemWording => ({
  title,
  detail,
  advice,
})
