import { ConfigError } from '../config/config.ts'
import { DataFolderError } from '../db/embedded/embedded.ts'
import { certificateFault, isDatabaseUnavailable } from '../db/errors.ts'
import { ConnectError } from '../db/postgres/connect-error.ts'
import { DatabaseRefusal } from '../db/postgres/refusal.ts'
import { ApiError } from '../errors/api-error.ts'
import { describeError } from '../errors/describe-error.ts'
import { problems } from '../errors/problems.ts'
import { StartError } from '../node/server.ts'

/** The message of a failed command: one sentence on what is wrong and what to do. A stack only for bugs. */
export function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof DataFolderError) return error.message
  if (error instanceof StartError || error instanceof DatabaseRefusal) return error.message
  if (error instanceof ConnectError) return `The database of DATABASE_URL cannot be reached: ${error.message}`
  if (error instanceof ApiError) {
    const reasons = error.options.errors?.map(
      ({ pointer, message }) => `${pointer?.slice(1) ?? ''}: ${message}`,
    )
    return reasons?.join('\n') ?? error.options.detail ?? problems[error.code].detail
  }
  const fault = certificateFault(error)
  if (fault !== undefined) {
    return `The certificate of the server in DATABASE_URL is not one to trust (${fault}): name the certificate that it is signed with as sslrootcert, or a host that it is made for.`
  }
  if (isDatabaseUnavailable(error)) {
    const { code } = describeError(error)
    return `The database of DATABASE_URL does not answer (${code}). Check that it runs, and the host, port, user, password and name in DATABASE_URL.`
  }
  return `This is a fault of Gatepost: please report it with these lines.\n${JSON.stringify(describeError(error), null, 2)}`
}
