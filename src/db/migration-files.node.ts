import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator'

/** The SQL files of Drizzle Kit, and the objects on which a role needs rights once they are applied. */
export interface Migrations {
  files: MigrationMeta[]
  tables: string[]
  functions: string[]
}

/** Reads a folder in the format of Drizzle Kit. */
export function readMigrations(folder: string): Migrations {
  const files = readMigrationFiles({ migrationsFolder: folder })
  const text = files.flatMap(({ sql }) => sql).join('\n')
  const named = [...text.matchAll(/CREATE (?:OR REPLACE )?FUNCTION "?(\w+)/gi)].map(([, name = '']) => name)
  const dropped = [...text.matchAll(/DROP FUNCTION (?:IF EXISTS )?"?(\w+)/gi)].map(([, name]) => name)
  return {
    files: files.map((file) => ({ ...file, sql: file.sql.map(inAnySchema) })),
    tables: readTables(folder, files.length - 1),
    functions: [...new Set(named)].filter((name) => !dropped.includes(name)),
  }
}

/** Drizzle Kit writes `public` into references, but the tables may be in another schema. */
function inAnySchema(statement: string) {
  return statement.replaceAll('"public".', '')
}

function readTables(folder: string, last: number): string[] {
  const file = join(folder, 'meta', `${String(last).padStart(4, '0')}_snapshot.json`)
  if (!existsSync(file)) return []
  const { tables }: { tables: Record<string, { name: string }> } = JSON.parse(readFileSync(file, 'utf8'))
  return Object.values(tables).map(({ name }) => name)
}
