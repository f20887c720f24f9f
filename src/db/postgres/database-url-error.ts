/** A URL of PostgreSQL that cannot be used; the message says why, and repeats neither the URL nor a secret of it. */
export class DatabaseUrlError extends Error {
  override name = 'DatabaseUrlError'
}
