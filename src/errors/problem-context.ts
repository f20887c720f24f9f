import type { ProblemType, ProblemWording } from './define-problems.ts'
import type { ErrorDescription } from './error-description.ts'
import type { ProblemCode } from './problems.ts'

/** The Korean texts for problems and for messages about single values, as plain data. */
export interface KoreanProblems {
  problems: Partial<Record<ProblemCode, ProblemWording>>
  /** English patterns, in which `.` is any character, and the Korean with `$1` for the captured part. */
  messages: readonly (readonly [pattern: string, korean: string])[]
  /** Types of values, by their names in Zod. */
  types: Record<string, string>
}

interface ProblemVariables {
  deps: { config: { PUBLIC_URL?: string | undefined }; korean(): Promise<KoreanProblems> }
  requestId: string
}

/** The parts of a request that a problem response needs. Hono's context of every route has this shape. */
export interface ProblemContext {
  req: { url: string; header(name: string): string | undefined }
  var: ProblemVariables
  get(name: 'headers'): Record<string, string> | undefined
  set(name: 'problem', code: ProblemCode): void
  set(name: 'failure', error: ErrorDescription): void
  body(data: string, status: ProblemType['status'], headers: Record<string, string>): Response
}
