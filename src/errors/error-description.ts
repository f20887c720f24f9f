/** What is logged of an error nobody foresaw. */
export interface ErrorDescription {
  name: string
  code?: string | undefined
  constraint?: string | undefined
  message?: string | undefined
  stack?: string[] | undefined
}
