import type { Config } from '../config/config.ts'
import { createLog } from '../node/log.ts'
import type { RunningServer } from '../node.ts'
import { explain } from './explain.ts'

/** Loads the keys from their file again. If the file is unusable, the old keys stay in use. */
export async function reloadKeys({ LOG_LEVEL }: Config, server: RunningServer): Promise<void> {
  const log = await createLog(LOG_LEVEL)
  try {
    await server.reloadKeys()
    log.info({}, 'the keys were read anew')
  } catch (error) {
    log.error({ reason: explain(error) }, 'the keys cannot be used: the old ones stay in force')
  }
}
