import { spawnSync } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'

// Generates everything anew and says what was not as it should be; git has no part in it.

async function snapshot(): Promise<Map<string, string>> {
  const folders = await Promise.all(
    ['openapi', 'drizzle', 'src', 'packages'].map(async (folder) => {
      const names = await readdir(folder, { recursive: true })
      return names.filter((name) => !/^lint\b/.test(name)).map((name) => `${folder}/${name}`)
    }),
  )
  const isGenerated = (path: string) => /\.(json|yaml|sql|generated\.(ts|txt))$/.test(path)
  const paths = folders.flat().filter((path) => isGenerated(path) && !/node_modules|[/]dist[/]/.test(path))
  const contents = [...paths, 'docs/configuration.md', 'docs/api-tokens.md'].map(
    async (path) => [path, await readFile(path, 'utf8')] as const,
  )
  return new Map(await Promise.all(contents))
}

const before = await snapshot()
const { status } = spawnSync('npm', ['run', '--silent', 'generate'], {
  stdio: ['ignore', 'ignore', 'inherit'],
})
if (status !== 0) process.exit(status ?? 1)
const after = await snapshot()

const all = [...new Set([...before.keys(), ...after.keys()])]
const stale = all.filter((path) => before.get(path) !== after.get(path))
if (stale.length > 0) {
  process.stderr.write(
    `These generated files were stale and have been written anew:\n  ${stale.join('\n  ')}\n`,
  )
  process.stderr.write('Look at them and commit them.\n')
  process.exit(1)
}
