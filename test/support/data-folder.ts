import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openEmbedded } from '../../src/db/embedded/embedded.ts'
import { migrate } from '../../src/db/migrate.ts'

const migrations = fileURLToPath(new URL('../../drizzle', import.meta.url))

/**
 * Copies an empty database with tables into an empty data folder. Creating one takes PGlite seconds of CPU, a copy
 * much less. The template is created once for these migrations and this user, and stored in the temporary folder.
 */
export async function prepareDataFolder(folder: string): Promise<void> {
  const files = join(folder, 'postgres')
  if (existsSync(files) || existsSync(folder)) return
  const template = await templateFolder()
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  cpSync(template, files, { recursive: true })
}

/** The path of the template for these migrations and this user, which may not exist yet. */
export function templatePath(): string {
  const hash = createHash('sha256')
  // The journal has the times by which a database knows which migrations were applied.
  hash.update(readFileSync(join(migrations, 'meta/_journal.json')))
  for (const name of readdirSync(migrations).sort()) {
    if (name.endsWith('.sql')) hash.update(readFileSync(join(migrations, name)))
  }
  return join(tmpdir(), `gatepost-template-${process.getuid?.()}-${hash.digest('hex').slice(0, 16)}`)
}

async function templateFolder(): Promise<string> {
  const template = templatePath()
  if (existsSync(template)) return template
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-template-'))
  const handle = await openEmbedded({ folder, timeout: 60_000 })
  await migrate({ handle })
  await handle.close()
  try {
    renameSync(join(folder, 'postgres'), template)
  } catch {
    // Another test process was faster, and its template is equal.
  }
  rmSync(folder, { recursive: true, force: true })
  return template
}
