import type { Json, Persona, ReceivedResponse, RequestOptions, Send } from './exchange.ts'
import type { Operation } from './operations.ts'
import type { Personas } from './personas.ts'
import type { RawResponse } from './raw.ts'

/** The tools of a check. */
export interface Kit {
  request: Send
  get(path: string, options?: RequestOptions): Promise<ReceivedResponse>
  post(path: string, options?: RequestOptions): Promise<ReceivedResponse>
  put(path: string, options?: RequestOptions): Promise<ReceivedResponse>
  patch(path: string, options?: RequestOptions): Promise<ReceivedResponse>
  delete(path: string, options?: RequestOptions): Promise<ReceivedResponse>
  /** Sends a request as raw text over its own connection. */
  raw(request: string): Promise<RawResponse>
  personas: Personas
  /** The persona of this name, registered at its first use. */
  persona(name: string): Promise<Persona>
  /** The admin of the command line. @throws Skipped without admin credentials */
  admin(): Promise<Persona>
  /** The server's own document. */
  document: Json
  /** The operations of the contract, and further operations from the server's document. */
  operations: readonly Operation[]
  origin: string
  isSlow: boolean
  hasLimits: boolean
}

/** One property of a Gatepost, described by one sentence. */
export interface Check {
  title: string
  /** The topic of the contract that requires it. */
  requirement: string
  run(kit: Kit): Promise<void>
}

export interface Group {
  name: string
  /** The topic of the group, for `--help` and the report. */
  about: string
  checks: readonly Check[]
}

/** A check that is impossible in this run; the message says why. */
export class Skipped extends Error {
  override name = 'Skipped'
}

/** Ends a check without a result. @throws Skipped */
export function skip(why: string): never {
  throw new Skipped(why)
}

type Run = (kit: Kit) => Promise<void>

/** Defines a check by its sentence, the contract's topic, and its function. */
export function check(title: string, requirement: string, run: Run): Check {
  return { title, requirement, run }
}
