import { runInNewContext } from 'node:vm'

/** The notations of a resource's name. The scaffold itself uses `sample-notes`. */
export interface Names {
  /** Paths and files: `reading-lists`. */
  kebab: string
  /** Tables and problem codes: `reading_lists`. */
  snake: string
  /** Values: `readingLists`. */
  camel: string
  /** Operations on several: `ReadingLists`. */
  pascal: string
  /** Schemas, types and operations on one: `ReadingList`. */
  pascalOne: string
  /** Sentences: `reading lists`. */
  words: string
  /** Sentences about one: `reading list`. */
  wordsOne: string
}

/** PostgreSQL truncates the names of constraints to 63 characters; this leaves room for their endings. */
const longest = 32

/**
 * The names of a resource, derived from its plural in kebab case.
 * @throws Error that suggests what to write instead
 */
export function namesOf(plural: string, singular?: string): Names {
  requireWords(plural)
  if (singular === undefined && !plural.endsWith('s'))
    throw new Error(`"${plural}" does not look like a plural. Name the singular as well: --singular …`)
  const one = singular ?? singularOf(plural)
  requireWords(one)
  const names = {
    kebab: plural,
    snake: plural.replaceAll('-', '_'),
    camel: pascalOf(plural).replace(/^./, (letter) => letter.toLowerCase()),
    pascal: pascalOf(plural),
    pascalOne: pascalOf(one),
    words: plural.replaceAll('-', ' '),
    wordsOne: one.replaceAll('-', ' '),
  }
  for (const name of [names.camel, names.pascal, names.pascalOne]) {
    if (isTakenByJavaScript(name))
      throw new Error(`"${name}" means something in JavaScript. Choose another word for the resource.`)
  }
  return names
}

/** Regular English plurals; for others there is --singular. */
function singularOf(plural: string): string {
  if (plural.endsWith('ies')) return plural.replace(/ies$/, 'y')
  return plural.replace(/(?<=ss|sh|ch|x|z)es$|s$/, '')
}

function requireWords(name: string): void {
  if (!/^[a-z]+(-[a-z]+)*$/.test(name) || name.length > longest)
    throw new Error(
      `"${name}" must be one or more words of lower-case letters, joined by hyphens, of at most ${longest} characters, such as notes or reading-lists.`,
    )
}

function pascalOf(kebab: string): string {
  return kebab.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** Whether a name is a keyword or a global of the language (not of a runtime). */
function isTakenByJavaScript(name: string): boolean {
  try {
    return runInNewContext(
      `'use strict'; { let ${name} }; Object.hasOwn(globalThis, ${JSON.stringify(name)})`,
    )
  } catch {
    return true // the declaration is a syntax error
  }
}

/** Replaces the scaffold's name in a text, in each notation, by that of the new resource. */
export function renamed(text: string, names: Names): string {
  const forms: Record<string, string> = {
    'sample-notes': names.kebab,
    sample_notes: names.snake,
    sampleNotes: names.camel,
    SampleNotes: names.pascal,
    SampleNote: names.pascalOne,
    'sample notes': names.words,
    'Sample notes': capitalized(names.words),
    'sample note': names.wordsOne,
    'a sample note': `${articleOf(names.wordsOne)} ${names.wordsOne}`,
    'A sample note': capitalized(`${articleOf(names.wordsOne)} ${names.wordsOne}`),
  }
  // The longest form first: "a sample note" before "sample note".
  return text.replace(
    /\b[Aa] sample note\b|[Ss]ample[-_ ]notes?|[Ss]ampleNotes?/g,
    (form) => forms[form] ?? unknownForm(form),
  )
}

function articleOf(words: string): 'a' | 'an' {
  return /^[aeio]|^u(?!n[ai]|s|t)/.test(words) ? 'an' : 'a'
}

function capitalized(words: string): string {
  return words.replace(/^./, (letter) => letter.toUpperCase())
}

function unknownForm(form: string): never {
  throw new Error(`The scaffold has "${form}", which scaffold/names.ts does not know.`)
}
