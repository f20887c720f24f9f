/** The parts of an unexpected error that are logged. */
export interface ErrorDescription {
  name: string
  code?: string | undefined
  constraint?: string | undefined
  message?: string | undefined
  stack?: string[] | undefined
}

/**
 * The parts of an unexpected error that are safe to log. Messages may repeat what a client sent: the driver's contain
 * bound values, `JSON.parse` quotes its input, hono/jwt the token. So a message is kept only if it was written in src,
 * where none does that. For other errors the stack is enough.
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

/** The lines of the stack after the message, since lines of the message may look like stack lines. */
function framesOf({ stack, message }: Error): string[] | undefined {
  const start = stack?.indexOf(message) ?? -1
  return stack?.slice(start === -1 ? 0 : start + message.length).split('\n')
}

/** Whether a stack line names a file in src. Lines of the Worker's bundled script never do. */
function isInSource(line: string | undefined): boolean {
  return line !== undefined && /\/src\/[\w./-]+\.ts:/.test(line) && !line.includes('node_modules')
}
