/** Connecting failed. The message names the server and the reason in one sentence, and contains no secret. */
export class ConnectError extends Error {
  override name = 'ConnectError'
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
