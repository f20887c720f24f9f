import { readFile, writeFile } from 'node:fs/promises'
import { generateDocument } from '../src/commands/openapi.ts'
import { settingsMarkdown } from '../src/config-help.ts'
import { toYaml } from '../src/service/document.routes.ts'
import { commonPasswordsModule } from './common-passwords.ts'

// Writes every generated file but the migrations, which drizzle-kit writes. `npm run generate` runs both.

const file = (path: string) => new URL(`../${path}`, import.meta.url)

await writeFile(file('src/auth/common-passwords.generated.ts'), commonPasswordsModule())

const document = await generateDocument()
await writeFile(file('openapi/openapi.json'), `${JSON.stringify(document, null, 2)}\n`)
await writeFile(file('openapi/openapi.yaml'), await toYaml(document))

const readme = await readFile(file('README.md'), 'utf8')
const table = `$1\n\n${settingsMarkdown().replaceAll('$', '$$$$')}\n\n$2`
await writeFile(file('README.md'), readme.replace(/(<!-- settings: .*?-->).*(<!-- \/settings -->)/s, table))
