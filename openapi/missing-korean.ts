import { readdir, readFile } from 'node:fs/promises'
import type { Korean } from '../src/api/ports.ts'
import { messageInKorean } from '../src/errors/problem-language.ts'
import { problemCodes } from '../src/errors/problems.ts'

/** Messages about single values, as they occur in the source. */
const message =
  /\b(?:error|message|detail):\s*(?:\w+\s*\?\s*)?(['`])((?:Must|Is |There|The |This|Needs|Has|Cannot|Check|Too)[^\n]*?\.)\1/g

/** The problems and messages without a Korean translation; all readers see them in English. */
export async function missingKorean(korean: Korean): Promise<string[]> {
  const folder = new URL('../src/', import.meta.url)
  const missing: string[] = problemCodes.filter((code) => korean.problems[code] === undefined)
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith('.ts') || name.endsWith('.problems.ts') || !name.includes('/')) continue
    if (/^(pages|commands|document|db|node|config)\//.test(name)) continue // these are not shown to clients
    const source = await readFile(new URL(name, folder), 'utf8')
    for (const [, , text = ''] of source.matchAll(message)) {
      const example = text.replace(/\$\{[^}]*\}/g, '7')
      if (messageInKorean(example, korean) === undefined) missing.push(text)
    }
  }
  return missing
}
