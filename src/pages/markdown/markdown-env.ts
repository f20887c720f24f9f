import type { Env } from 'markdown-it'
import type { Work } from '../parts/work.ts'

/** State of the parser for one text. */
export interface MarkdownEnv extends Env {
  work: Work
  /** The first line that was not read yet, where reading was interrupted. */
  nextLine?: number | undefined
  /** Tokens that are counted already. */
  counted: number
}
