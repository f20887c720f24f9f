import { parseConfig } from '../../src/config.ts'
import { startServer } from '../../src/entry.node.ts'
import { freePort } from '../../test/support/processes.ts'
import { reportTo, settingsOfPeer } from './peer.ts'

/** Gatepost as `npm start` runs it, with all of its features on. */
const { databaseUrl, secret } = settingsOfPeer()
const server = await startServer(
  parseConfig({
    ...process.env,
    DATABASE_URL: databaseUrl,
    JWT_SECRET: secret,
    PORT: String(await freePort()),
    LOG_LEVEL: 'warn',
  }),
)
reportTo(process, server.url)
