import { globSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

// Collects the problems of all resources, before modules that need them are loaded.

const source = fileURLToPath(new URL('../src/', import.meta.url))

await writeFile(`${source}errors/problems.generated.ts`, moduleOf('.problems.ts', 'Problems', 'catalogue'))
await writeFile(
  `${source}errors/problems.ko.generated.ts`,
  moduleOf('.problems.ko.ts', 'ProblemsInKorean', 'catalogueInKorean'),
)

/**
 * A module that merges the exports of all files with this ending. Each export has the name of its file and the suffix.
 */
function moduleOf(ending: string, suffix: string, name: string): string {
  const files = globSync(`**/*${ending}`, { cwd: source }).sort()
  const parts = files.map((file) => ({ file, part: camelOf(basename(file, ending)) + suffix }))
  const imports = parts.map(({ file, part }) => `import { ${part} } from '../${file}'\n`)
  const why =
    '// The one import upwards: the types of all codes come from the problems beside each resource.\n'
  return `${why}${imports.join('')}\nexport const ${name} = {\n${parts.map(({ part }) => `  ...${part},\n`).join('')}}\n`
}

/** Converts `reading-lists` to `readingLists`. */
function camelOf(kebab: string): string {
  return kebab.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
