import type { Config } from '../config.ts'
import { startServer } from '../entry.node.ts'
import { explain } from './explain.ts'

/** Runs the service until SIGTERM or SIGINT; a second signal ends it at once. */
export async function start(config: Config): Promise<void> {
  const server = await startServer(config)
  const say = (line: string) => process.stdout.write(`${line}\n`)
  say('Gatepost is running.')
  say(`  API       ${server.url}`)
  say(`  Docs      ${server.url}/docs`)
  say(`  Database  ${server.database}`)

  let isStopping = false
  const stop = async (signal: NodeJS.Signals) => {
    if (isStopping) process.exit(1)
    isStopping = true
    say(`${signal}: finishing what is under way …`)
    try {
      await server.stop()
      process.exit(0)
    } catch (error) {
      process.stderr.write(`${explain(error)}\n`)
      process.exit(1)
    }
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}
