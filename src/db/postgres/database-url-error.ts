/** A PostgreSQL URL that cannot be used. The message states why, and repeats neither the URL nor a secret in it. */
export class DatabaseUrlError extends Error {
  override name = 'DatabaseUrlError'
}
