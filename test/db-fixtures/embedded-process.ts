import { writeSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import { openEmbedded } from '../../src/db/embedded.ts'

/**
 * A process of its own on an embedded database: `embedded-process.ts <folder> <what>`. `hold` opens it and waits;
 * `write` adds rows until it is killed and prints the number of each that the database has acknowledged; `close` opens
 * and closes it.
 */
const [folder = '', what] = process.argv.slice(2)
const handle = await openEmbedded({ folder, timeout: 5000 })
if (what === 'hold') {
  writeSync(1, 'open\n')
  setInterval(() => {}, 1000)
} else if (what === 'write') {
  const db = handle.connect('write')
  await db.execute(sql`CREATE TABLE IF NOT EXISTS rounds (n bigserial PRIMARY KEY, padding text)`)
  for (;;) {
    // Several at once, as requests come.
    await Promise.all(
      Array.from({ length: 5 }, async () => {
        const rows = await db.execute(sql`INSERT INTO rounds (padding) VALUES (repeat('x', 500)) RETURNING n`)
        const [row] = (rows as { rows: { n: number }[] }).rows
        writeSync(1, `${row?.n}\n`) // at once and to the kernel: it must not die with this process
      }),
    )
  }
} else {
  await handle.close()
}
