/** The target of the API’s tests. The global setup provides it, `inject('target')` reads it. */
export interface Target {
  kind: 'in-process' | 'http-embedded' | 'http-postgres' | 'http-worker' | 'url'
  /** Address of the server; undefined in-process. */
  url?: string | undefined
  admin: { username: string; email: string; password: string }
}

declare module 'vitest' {
  interface ProvidedContext {
    target: Target
  }

  interface TaskMeta {
    /** Statuses of each operation that a test file has seen and the document declares. */
    contract?: Record<string, { declared: string[]; seen: number[] }>
  }
}
