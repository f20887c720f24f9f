import type { Logger } from '../api/log.ts'
import { cleanUp } from '../cleanup/cleanup.ts'
import type { Config } from '../config/config.ts'
import type { DatabaseHandle } from '../db/database.ts'
import { describeError } from '../errors/describe-error.ts'
import { indexPosts } from '../posts/search/search-indexing.ts'

/** An hour, in milliseconds. */
const cleanupInterval = 3_600_000

interface CleanupOptions {
  config: Config
  log: Logger
}

/**
 * Deletes expired rows every hour. At once and then every hour, it also indexes posts without current search words,
 * such as those from before an update. Returns a function that stops it.
 */
export function cleanUpHourly({ config, log }: CleanupOptions, database: DatabaseHandle): () => void {
  let isEnded = false
  const cleanUpNow = async () => {
    try {
      log.debug({ deleted: await cleanUp(database.connect('search'), config) }, 'deleted expired rows')
    } catch (error) {
      log.warn(
        { error: describeError(error) },
        'deleting expired rows failed; the next attempt is in an hour',
      )
    }
  }
  const indexNow = async () => {
    try {
      const count = await indexPosts(database.connect('search'), () => !isEnded)
      if (count > 0) log.info({ indexed: count }, 'indexed posts for searches')
    } catch (error) {
      if (!isEnded) log.warn({ error: describeError(error) }, 'indexing failed; it is tried again in an hour')
    }
  }
  const timer = setInterval(() => cleanUpNow().then(indexNow), cleanupInterval).unref()
  void indexNow()
  return () => {
    isEnded = true
    clearInterval(timer)
  }
}
