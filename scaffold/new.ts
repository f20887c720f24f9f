import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { clashesOf } from './clashes.ts'
import { type Names, namesOf, renamed } from './names.ts'

// Writes a new resource: the files of scaffold/src and scaffold/test, with `sample-notes` replaced by the new name.

const root = fileURLToPath(new URL('..', import.meta.url))

/** The line of `src/app.ts` before which a new resource is added. */
const place = '  // `npm run new` adds a resource here.\n'
/** The line of `src/api/scopes.ts` before which its scopes are added. */
const placeOfScopes = '  // `npm run new` adds scopes here.\n'

const program = new Command('npm run new --')
  .description(
    'Writes a complete small resource into a folder of src/, with its test. Adds it to src/app.ts, and its scopes to src/api/scopes.ts.',
  )
  .argument('<name>', 'what it is called: a plural in lower case, such as notes or reading-lists')
  .option('--singular <name>', 'one of them, where English has no regular plural: people --singular person')
  .action(async (name: string, { singular }: { singular?: string }) => {
    try {
      await writeResource(namesOf(name, singular))
    } catch (error) {
      program.error(`error: ${error instanceof Error ? error.message : error}`)
    }
  })
await program.parseAsync()

async function writeResource(names: Names): Promise<void> {
  const clashes = await clashesOf(names, root)
  if (clashes.length > 0)
    throw new Error(`${names.kebab} cannot be added: ${clashes.join(', ')}. Nothing was written.`)
  const [app, scopes] = [await appWith(names), await scopesWith(names)]
  const templates = globSync(['src/**/*.ts', 'test/**/*.ts'], { cwd: `${root}/scaffold` }).sort()
  const written = templates.map((template) => renamed(template, names))
  for (const [index, template] of templates.entries()) {
    const target = `${root}/${written[index]}`
    const text = await readFile(`${root}/scaffold/${template}`, 'utf8')
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, renamed(text, names), { flag: 'wx' }) // never overwrites a file
  }
  await writeFile(`${root}/src/app.ts`, app)
  await writeFile(`${root}/src/api/scopes.ts`, scopes)
  format(written)
  process.stdout.write(
    `Written, of ${names.words} (one is a ${names.wordsOne}):\n${written.map((file) => `  ${file}\n`).join('')}` +
      `  src/app.ts: two lines\n  src/api/scopes.ts: two scopes of API tokens\n\nNext: npm run generate -- --name ${names.snake} && npm run verify\n`,
  )
}

/** `src/app.ts` with the import and the route of the resource. */
async function appWith({ kebab, camel }: Names): Promise<string> {
  const app = await readFile(`${root}/src/app.ts`, 'utf8')
  if (app.split(place).length !== 2)
    throw new Error(`src/app.ts must have this line once, behind the routes of the resources:\n${place}`)
  const imported = `import { ${camel}Routes } from './${kebab}/${kebab}.routes.ts'\n`
  return imported + app.replace(place, (line) => `  app.route('/', ${camel}Routes)\n${line}`)
}

/** Returns `src/api/scopes.ts` with two more scopes: to read the resource, and to write it. */
async function scopesWith({ kebab, words }: Names): Promise<string> {
  const scopes = await readFile(`${root}/src/api/scopes.ts`, 'utf8')
  if (scopes.split(placeOfScopes).length !== 2)
    throw new Error(`src/api/scopes.ts must have this line once, after the scopes:\n${placeOfScopes}`)
  const added = `  '${kebab}:read': 'Read your ${words}.',\n  '${kebab}:write': 'Write, change and delete ${words}.',\n`
  return scopes.replace(placeOfScopes, (line) => added + line)
}

/** Formats the files, since a longer or shorter name changes line breaks and the order of imports. */
function format(files: readonly string[]): void {
  const { status } = spawnSync(
    'npx',
    ['biome', 'check', '--write', ...files, 'src/app.ts', 'src/api/scopes.ts'],
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  if (status !== 0) throw new Error('The files are written, but could not be formatted: npm run format')
}
