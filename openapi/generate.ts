import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import program from '../package.json' with { type: 'json' }
import { generateDocument } from '../src/commands/openapi.ts'
import { settingsMarkdown } from '../src/config/help.ts'
import { toYaml } from '../src/document/yaml.ts'
import { commonPasswordsFile } from '../src/node/passwords/common-passwords-file.ts'
import { clientDocument, operationsModule } from './client-document.ts'
import { commonPasswordsText } from './generators/common-passwords.ts'
import { unicodeModule } from './generators/unicode-tables.ts'
import { scopesMarkdown } from './scopes-table.ts'

// Writes every generated file except the migrations, which drizzle-kit writes. `npm run generate` runs both.

const file = (path: string) => new URL(`../${path}`, import.meta.url)

await writeFile(commonPasswordsFile, commonPasswordsText())
await writeFile(file('src/text/unicode.generated.ts'), await unicodeModule())

// A separate file: an import of package.json would put all its text into the Worker's script.
await writeFile(file('src/pages/version.generated.ts'), `export const version = '${program.version}'\n`)

const document = await generateDocument()
await writeFile(file('openapi/openapi.json'), `${JSON.stringify(document, null, 2)}\n`)
await writeFile(file('openapi/openapi.yaml'), toYaml(document))

const types = execFileSync(process.execPath, ['openapi/generators/client-types.ts'], {
  cwd: file('.'),
  input: JSON.stringify(clientDocument(document)),
  stdio: ['pipe', 'pipe', 'inherit'],
  maxBuffer: 64 * 1024 * 1024,
})
await writeFile(file('packages/client/src/api.generated.ts'), types)
await writeFile(file('packages/client/src/operations.generated.ts'), operationsModule(document))

const settings = await readFile(file('docs/configuration.md'), 'utf8')
const table = `$1\n\n${settingsMarkdown().replaceAll('$', '$$$$')}\n\n$2`
await writeFile(
  file('docs/configuration.md'),
  settings.replace(/(<!-- settings: .*?-->).*(<!-- \/settings -->)/s, table),
)

const tokens = await readFile(file('docs/api-tokens.md'), 'utf8')
await writeFile(
  file('docs/api-tokens.md'),
  tokens.replace(
    /(<!-- scopes: .*?-->).*(<!-- \/scopes -->)/s,
    (_, begin, end) => `${begin}\n\n${scopesMarkdown(document)}\n\n${end}`,
  ),
)
