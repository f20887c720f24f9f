import { spawnSync } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'

// Generates everything anew and says what was not as it should be; git has no part in it.

async function snapshot(): Promise<Map<string, string>> {
  const folders = await Promise.all(
    ['openapi', 'drizzle', 'src'].map(async (folder) => {
      const names = await readdir(folder, { recursive: true })
      return names.map((name) => `${folder}/${name}`)
    }),
  )
  const paths = folders.flat().filter((path) => /\.(json|yaml|sql|generated\.ts)$/.test(path))
  const contents = [...paths, 'README.md'].map(async (path) => [path, await readFile(path, 'utf8')] as const)
  return new Map(await Promise.all(contents))
}

const before = await snapshot()
const { status } = spawnSync('npm', ['run', '--silent', 'generate'], {
  stdio: ['ignore', 'ignore', 'inherit'],
})
if (status !== 0) process.exit(status ?? 1)
const after = await snapshot()

const stale = [...after].filter(([path, content]) => before.get(path) !== content).map(([path]) => path)
if (stale.length > 0) {
  process.stderr.write(
    `These generated files were stale and have been written anew:\n  ${stale.join('\n  ')}\n`,
  )
  process.stderr.write('Look at them and commit them.\n')
  process.exit(1)
}
