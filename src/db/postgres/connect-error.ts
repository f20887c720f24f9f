/** No connection came about; the message says with whom and why, in one sentence, and nothing secret. */
export class ConnectError extends Error {
  override name = 'ConnectError'
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
