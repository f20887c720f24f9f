import { chown, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { postgresUser, temporaryRoot, usableBinaries } from './postgres-binaries.ts'
import { copyCluster } from './postgres-cluster.ts'
import { freePort, launch, type RunAs, removeFolder } from './processes.ts'

/** A PostgreSQL server that the tests have started. */
export interface PostgresServer {
  url: string
  port: number
  /** Process id of the running server. */
  readonly pid: number
  /** Ends the server, and keeps its data and its port for `resume`. */
  halt(): Promise<void>
  resume(): Promise<void>
  /** The folder of its data. */
  data: string
  /** The folder of its Unix socket. */
  socketFolder: string
  /** The folder of its programs, such as psql. */
  binaries: string
  stop(): Promise<void>
}

interface Cluster {
  folder: string
  binaries: string
  runAs: RunAs
}

/** Messages in English on every machine, since tests read them; no PGPORT, PGDATA and similar variables. */
const environment = { PATH: process.env.PATH, LC_ALL: 'C' }

/** The data need not survive a power failure. */
const speed = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']

/** Optional files of a server. */
export interface ServerFiles {
  /** PEM; `root` has signed the certificates of clients. */
  tls?: { certificate: string; key: string; root?: string } | undefined
  /** Lines of pg_hba.conf. */
  hba?: string | undefined
}

/** Creates a cluster in a temporary folder and starts a server on it, with `flags` for the postgres command. */
export async function startServer(
  packaged: string,
  flags: readonly string[],
  files: ServerFiles = {},
): Promise<PostgresServer> {
  const runAs = postgresUser()
  const folder = await mkdtemp(join(temporaryRoot(runAs), 'gatepost-postgres-'))
  try {
    if (runAs.uid !== undefined && runAs.gid !== undefined) await chown(folder, runAs.uid, runAs.gid)
    const binaries = await usableBinaries(packaged, folder, runAs)
    const password = await copyCluster({ binaries, folder, runAs })
    const cluster = { folder, binaries, runAs }
    await writeFiles(cluster, files)
    let { server, port } = await run(cluster, files.tls ? ['-c', 'ssl=on', ...flags] : flags)
    return {
      url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
      port,
      get pid() {
        return server.pid
      },
      data: join(folder, 'data'),
      socketFolder: folder,
      binaries: join(binaries, 'bin'),
      halt: async () => void (await server.end('SIGINT', 5_000, 'SIGQUIT')),
      resume: async () => {
        server = (await run(cluster, flags, port)).server
      },
      stop: async () => {
        await server.end('SIGINT', 5_000, 'SIGQUIT')
        await removeFolder(folder)
      },
    }
  } catch (error) {
    await removeFolder(folder)
    throw error
  }
}

async function writeFiles({ folder, runAs }: Cluster, { tls, hba }: ServerFiles) {
  const files = {
    ...(tls && { 'server.crt': tls.certificate, 'server.key': tls.key }),
    ...(tls?.root && { 'root.crt': tls.root }),
    ...(hba && { 'pg_hba.conf': `local all all trust\n${hba}\n` }),
  }
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, 'data', name)
    await writeFile(path, text, { mode: 0o600 })
    if (runAs.uid !== undefined && runAs.gid !== undefined) await chown(path, runAs.uid, runAs.gid)
  }
}

async function run({ folder, binaries, runAs }: Cluster, flags: readonly string[], samePort?: number) {
  let log = ''
  for (let attempt = 0; attempt < 5; attempt++) {
    const port = samePort ?? (await freePort())
    const settings = [
      'listen_addresses=127.0.0.1',
      `port=${port}`,
      `unix_socket_directories=${folder}`,
      ...speed,
    ]
    const server = await launch({
      command: [
        join(binaries, 'bin/postgres'),
        ...['-D', join(folder, 'data')],
        ...settings.flatMap((setting) => ['-c', setting]),
        ...flags,
      ],
      folder,
      env: environment,
      lastSignal: 'QUIT',
      ...runAs,
    })
    if (await server.logged('ready to accept')) return { server, port }
    log = server.log()
    if (!log.includes('Address already in use')) break
  }
  throw new Error(`PostgreSQL did not start:\n${log.split('\n').slice(-30).join('\n')}`)
}
