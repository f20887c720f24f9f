/**
 * Replaces the transactions of both drivers. Gatepost's writes are single statements, which are atomic. In postgres.js,
 * a server that dies during `begin` ends the process, or commits rows of another transaction.
 */
export async function refuseTransaction(): Promise<never> {
  throw new Error('Interactive transactions are not available: write one statement, with CTEs if need be.')
}
