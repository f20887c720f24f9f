/** What is logged of an error nobody foresaw. */
export interface ErrorDescription {
  name: string
  code?: string | undefined
  constraint?: string | undefined
  message?: string | undefined
  stack?: string[] | undefined
}

/**
 * What may be logged of an error nobody foresaw. Messages may repeat what was sent: a driver's holds every bound
 * value, `JSON.parse` quotes its text, hono/jwt the token. So a message is kept only if it was written here in src,
 * where none does; the places in the code are enough for the others.
 */
export function describeError(error: unknown): ErrorDescription {
  if (!(error instanceof Error)) return { name: typeof error }
  const source = error.cause instanceof Error ? error.cause : error
  const stack = framesOf(error)
    ?.filter((line) => /^ {4}at /.test(line))
    .slice(0, 12)
    .map((line) => line.trim())
  const isOurs = source === error && !('code' in error) && isInSource(stack?.[0])
  return {
    name: source.name,
    code: 'code' in source ? String(source.code) : undefined,
    constraint: 'constraint_name' in source ? String(source.constraint_name) : undefined,
    message: isOurs ? error.message : undefined,
    stack,
  }
}

/** The lines of the stack behind the message, whose own lines may look like those of a stack. */
function framesOf({ stack, message }: Error): string[] | undefined {
  const start = stack?.indexOf(message) ?? -1
  return stack?.slice(start === -1 ? 0 : start + message.length).split('\n')
}

/** Whether a line of a stack names a file in src. The bundled script of a Worker names none. */
function isInSource(line: string | undefined): boolean {
  return line !== undefined && /\/src\/[\w./-]+\.ts:/.test(line) && !line.includes('node_modules')
}
