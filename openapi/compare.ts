import { readFile, writeFile } from 'node:fs/promises'
import { changelog } from './compare/changelog.ts'
import { compareDocuments } from './compare/documents.ts'
import { allowsBreaking } from './compare/versions.ts'

// Compares the document with the last released one. Prints the changes in the form of the CHANGELOG, and fails on a
// breaking change without a new major version. With --release it writes the CHANGELOG and the released document.

const file = (path: string) => new URL(`../${path}`, import.meta.url)
const read = async (path: string) => JSON.parse(await readFile(file(path), 'utf8'))

const released = await read('openapi/released.json')
const document = await read('openapi/openapi.json')
const changes = compareDocuments(released, document)
const { version } = document.info
const text = changelog(version === released.info.version ? 'Unreleased' : version, changes)
process.stdout.write(text)

const isBreaking = changes.some(({ kind }) => kind === 'breaking')
if (isBreaking && !allowsBreaking(released.info.version, version)) {
  process.stderr.write(
    `\nThis breaks clients of ${released.info.version}, and ${version} is no new major version. Keep what they rely on (and mark it as deprecated), or raise the major version: npm version major.\n`,
  )
  process.exit(1)
}

if (process.argv.includes('--release')) {
  const log = await readFile(file('CHANGELOG.md'), 'utf8')
  const place = log.indexOf('\n## ') + 1
  if (changes.length > 0 && !log.includes(`\n## ${version}\n`))
    await writeFile(file('CHANGELOG.md'), `${log.slice(0, place)}${text}\n${log.slice(place)}`)
  await writeFile(file('openapi/released.json'), `${JSON.stringify(document, null, 2)}\n`)
}
