import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generateDocument } from '../src/commands/openapi.ts'
import { korean } from '../src/languages/korean.ts'
import { commonPasswordsFile } from '../src/node/passwords/common-passwords-file.ts'

// Wrangler runs this before bundling. It puts the files that the Worker reads through ASSETS into one folder.

const folder = new URL('../dist/assets/', import.meta.url)
const swaggerUi = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')))

await rm(folder, { recursive: true, force: true })
await mkdir(folder, { recursive: true })
for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js'])
  await copyFile(`${swaggerUi}/${name}`, new URL(name, folder))
await copyFile(new URL('../src/document/docs-start.js', import.meta.url), new URL('docs-start.js', folder))
await copyFile(commonPasswordsFile, new URL('common-passwords.txt', folder))
await writeFile(new URL('openapi.json', folder), JSON.stringify(await generateDocument()))
await writeFile(new URL('korean.json', folder), JSON.stringify(korean))
