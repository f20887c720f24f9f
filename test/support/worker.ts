import { execFile } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createTestHarness } from '../../worker/harness.js'
import { createTestApp, openTestDatabase } from './in-process.ts'
import { removeFolder } from './processes.ts'
import { testSettings } from './settings.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const wrangler = join(root, 'worker/node_modules/wrangler/bin/wrangler.js')

/** The Worker as it is deployed: bundled once by Wrangler. It is removed with its folder. */
export interface WorkerBundle extends AsyncDisposable {
  folder: string
}

/** Bundles the Worker as `npm run deploy:worker` does. */
export async function bundleWorker(): Promise<WorkerBundle> {
  const folder = await mkdtemp(join(tmpdir(), 'gatepost-worker-'))
  const options = ['deploy', '--dry-run', '--outdir', folder]
  await promisify(execFile)(process.execPath, [wrangler, ...options], { cwd: root })
  return { folder, [Symbol.asyncDispose]: () => removeFolder(folder) }
}

/** The bundle on workerd, on a free port. */
export interface TestWorker extends AsyncDisposable {
  url: string
  /** The lines of its log. */
  log(): string
  /** Runs the cron trigger. @throws if it fails */
  scheduled(): Promise<void>
}

interface WorkerOptions {
  bundle: WorkerBundle
  databaseUrl: string
  /** Adds to the settings of all tests, or with undefined removes one. */
  env?: Record<string, string | undefined>
}

/** Creates the tables and the admin. With a Worker, Node does this before the deployment. */
export async function prepareDatabase(url: string): Promise<void> {
  const database = await openTestDatabase(url)
  const app = await createTestApp({}, {}, database)
  await app.close()
  await database.close()
}

/** Runs the bundle on workerd, with Hyperdrive in front of the database; creates neither tables nor an admin. */
export async function startWorker({ bundle, databaseUrl, env = {} }: WorkerOptions): Promise<TestWorker> {
  // Wrangler accepts the connection string only in this variable.
  process.env.CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE = databaseUrl
  const settings = Object.entries({ ...testSettings, NODE_ENV: 'test', ...env })
  const vars = Object.fromEntries(settings.filter((pair): pair is [string, string] => pair[1] !== undefined))
  const harness = createTestHarness({
    root,
    workers: [{ configPath: 'wrangler.toml', prebuiltWorkerDir: bundle.folder, vars }],
  })
  const { url } = await harness.listen()
  return {
    url: url.origin,
    log: () =>
      harness
        .getLogs()
        .map(({ message }) => message)
        .join('\n'),
    scheduled: async () => {
      const { outcome } = await harness.getWorker().scheduled({})
      if (outcome !== 'ok') throw new Error(`The scheduled run ended with ${outcome}.`)
    },
    [Symbol.asyncDispose]: () => harness.close(),
  }
}
