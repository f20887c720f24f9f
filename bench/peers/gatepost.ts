import { connections, reportTo, settingsOfPeer } from './peer.ts'

await import(new URL('../../bin/compile-cache.js', import.meta.url).href)
const { parseConfig } = await import('../../src/config/config.ts')
const { startServer } = await import('../../src/node.ts')
const { freePort } = await import('../../test/support/processes.ts')

/** Gatepost as `npm start` runs it, with all its features. */
const { databaseUrl, secret } = settingsOfPeer()
const server = await startServer(
  parseConfig({
    ...process.env,
    DATABASE_URL: databaseUrl,
    DATABASE_POOL: String(connections),
    JWT_SECRET: secret,
    ACCESS_TOKEN_TTL: '1d', // longer than the benchmark
    BCRYPT_COST: '10',
    PORT: String(await freePort()),
    LOG_LEVEL: 'warn',
  }),
)
reportTo(process, server.url)
