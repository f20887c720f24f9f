/** The parts of an unexpected error that are logged. */
export interface ErrorDescription {
  name: string
  code?: string | undefined
  constraint?: string | undefined
  message?: string | undefined
  stack?: string[] | undefined
}
