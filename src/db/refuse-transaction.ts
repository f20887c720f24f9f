/**
 * In place of a driver's transactions, on both databases. Gatepost's writes are single statements, which are atomic
 * by themselves; in postgres.js a server that dies inside `begin` ends the process, or another one's rows get in.
 */
export async function refuseTransaction(): Promise<never> {
  throw new Error('Interactive transactions are not available: write one statement, with CTEs if need be.')
}
