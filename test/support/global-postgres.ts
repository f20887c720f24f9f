import { startPostgres } from './postgres.ts'

/**
 * One PostgreSQL server for all files that can share it, because creating a cluster takes longer than most of their
 * tests.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const server = await startPostgres({ flags: ['-c', 'max_connections=300'] })
  process.env.SHARED_POSTGRES_URL = server.url
  return server.stop
}
