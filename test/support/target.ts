/** What the tests of the API talk to; the global setup provides it, `inject('target')` reads it. */
export interface Target {
  kind: 'in-process' | 'http-embedded' | 'http-postgres' | 'http-worker' | 'url'
  /** Where it listens; in-process has none. */
  url?: string | undefined
  admin: { username: string; email: string; password: string }
}

declare module 'vitest' {
  interface ProvidedContext {
    target: Target
  }

  interface TaskMeta {
    /** Statuses of each operation that a test file saw and the document declares. */
    contract?: Record<string, { declared: string[]; seen: number[] }>
  }
}
