import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureFirstAdmin } from '../src/accounts/first-admin.ts'
import { explain } from '../src/commands/explain.ts'
import { type Config, parseConfig, settings } from '../src/config/config.ts'
import { createDeps } from '../src/node/deps.ts'
import { openDatabase } from '../src/node/open-database.ts'
import { startPostgres } from '../test/support/postgres.ts'

// `npm run dev:worker`: runs the Worker on workerd, with DATABASE_URL or with a temporary PostgreSQL.

const print = (line: string) => process.stdout.write(`${line}\n`)
const random = () => randomBytes(24).toString('base64url')

/** The settings from the environment. Missing secrets are generated anew at each start. */
async function chooseSettings(stack: AsyncDisposableStack): Promise<Record<string, string>> {
  const chosen: Record<string, string> = { NODE_ENV: 'development' }
  for (const name of Object.keys(settings)) {
    const value = process.env[name]
    if (value) chosen[name] = value
  }
  if (!chosen.JWT_KEYS) chosen.JWT_SECRET ??= random() + random()
  if (chosen.DATABASE_URL) return chosen
  const admin = { ADMIN_USERNAME: 'admin', ADMIN_EMAIL: 'admin@example.com', ADMIN_PASSWORD: random() }
  const DATABASE_URL = stack.use(await startPostgres()).url
  return { ...(!chosen.ADMIN_USERNAME && admin), ...chosen, DATABASE_URL }
}

/** The steps that Node performs before a deployment. */
async function prepare(config: Config): Promise<void> {
  const database = await openDatabase(config)
  const { deps, close } = await createDeps(config, database)
  await ensureFirstAdmin(deps, database.connect('write'))
  await close()
  print(`Database  ${database.description}${process.env.DATABASE_URL ? '' : ' (gone when this ends)'}`)
  await database.close()
}

/** Settings are passed in a file, since other users can see the arguments of a process. */
async function writeSettings(stack: AsyncDisposableStack, values: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gatepost-worker-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const { DATABASE_URL: _, ...others } = values
  const file = join(folder, 'settings.env')
  const lines = Object.entries(others).map(([name, value]) => `${name}='${value}'\n`)
  await writeFile(file, lines.join(''), { mode: 0o600 })
  return file
}

async function run(stack: AsyncDisposableStack): Promise<void> {
  const values = await chooseSettings(stack)
  const config = parseConfig(values)
  await prepare(config)
  if (!process.env.DATABASE_URL)
    print(`Admin     ${config.ADMIN_USERNAME}, password ${config.ADMIN_PASSWORD}`)
  const program = fileURLToPath(new URL('./node_modules/wrangler/bin/wrangler.js', import.meta.url))
  const where = ['--ip', config.HOST ?? '127.0.0.1', '--port', String(config.PORT)]
  const file = await writeSettings(stack, values)
  const child = spawn(
    process.execPath,
    [program, 'dev', ...where, '--env-file', file, ...process.argv.slice(2)],
    {
      stdio: 'inherit',
      env: {
        ...process.env,
        CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE: values.DATABASE_URL,
      },
    },
  )
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  const [code] = await once(child, 'exit')
  process.exitCode = code ?? 0
}

try {
  await using stack = new AsyncDisposableStack()
  await run(stack)
} catch (error) {
  process.stderr.write(`${explain(error)}\n`)
  process.exitCode = 1
}
