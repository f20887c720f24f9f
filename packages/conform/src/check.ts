import type { Answer, Json, Person, RequestOptions, Send } from './exchange.ts'
import type { Operation } from './operations.ts'
import type { Cast } from './people.ts'
import type { RawAnswer } from './raw.ts'

/** What a check can use. */
export interface Kit {
  request: Send
  get(path: string, options?: RequestOptions): Promise<Answer>
  post(path: string, options?: RequestOptions): Promise<Answer>
  put(path: string, options?: RequestOptions): Promise<Answer>
  patch(path: string, options?: RequestOptions): Promise<Answer>
  delete(path: string, options?: RequestOptions): Promise<Answer>
  /** One request, written by hand, on a connection of its own. */
  raw(request: string): Promise<RawAnswer>
  cast: Cast
  /** Somebody of this name, registered when first asked for. */
  person(name: string): Promise<Person>
  /** @throws Skipped without admin credentials */
  admin(): Promise<Person>
  /** The server's own document. */
  document: Json
  /** Those of the contract, and those that the document has besides. */
  operations: readonly Operation[]
  origin: string
  isSlow: boolean
  hasLimits: boolean
}

/** One thing that a Gatepost does, in one sentence. */
export interface Check {
  title: string
  /** The topic of the contract that asks for it. */
  requirement: string
  run(kit: Kit): Promise<void>
}

export interface Group {
  name: string
  /** What it is about, for `--help` and the report. */
  about: string
  checks: readonly Check[]
}

/** A check that cannot be made here; the message says why. */
export class Skipped extends Error {
  override name = 'Skipped'
}

/** Ends a check without a result. @throws Skipped */
export function skip(why: string): never {
  throw new Skipped(why)
}

type Run = (kit: Kit) => Promise<void>

/** A check: its sentence, the contract's topic, and how it is made. */
export function check(title: string, requirement: string, run: Run): Check {
  return { title, requirement, run }
}
