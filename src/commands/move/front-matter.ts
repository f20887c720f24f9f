import { isMap, isScalar, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { ConfigError } from '../../config/config.ts'
import { postStatuses } from '../../posts/posts.table.ts'
import { futureMessage, isPast, isStorable } from './past.ts'

/** 2026-11-21, with or without time and zone, as Jekyll and Hugo write dates. */
const datePattern =
  /^(\d{4}-\d\d-\d\d)(?:[Tt ] *(\d\d:\d\d)(:\d\d(?:\.\d+)?)? *(?:(Z)|([+-]\d\d)(?::?(\d\d))?)?)?$/

const dateMessage = 'Must be a date such as 2026-11-21 or 2026-11-21T09:30:00Z.'

/** A date in the past, as a time. A date without a zone is UTC; today's date in the local zone is accepted as well. */
export const PastDate = z
  .string(dateMessage)
  .trim()
  .transform((text) => (text === today() ? new Date().toISOString() : text.replace(datePattern, withTime)))
  .pipe(z.iso.datetime({ offset: true, error: dateMessage }))
  .refine(isStorable, dateMessage)
  .refine(isPast, `${futureMessage} Posts cannot be scheduled: use a date that has passed, or leave it out.`)

function withTime(_: string, ...[date, time, seconds, , zone, minutes]: (string | undefined)[]) {
  return `${date}T${time ?? '00:00'}${seconds ?? ':00'}${zone === undefined ? 'Z' : `${zone}:${minutes ?? '00'}`}`
}

/** Today's date in the local zone. Its midnight in UTC may still be in the future. */
function today(): string | undefined {
  const now = new Date()
  const parts = [now.getFullYear(), now.getMonth() + 1, now.getDate()]
  const date = parts.map((part) => String(part).padStart(2, '0')).join('-')
  return date > now.toISOString().slice(0, 10) ? date : undefined
}

const textMessage = 'Must be text or a number.'
const Word = z.union([z.string(), z.number()], textMessage).transform(String)
const yesOrNo = 'Must be true or false.'

/** The fields that are read; those of other programs, such as slug and layout, are ignored. */
export const FrontMatter = z.object({
  title: Word.nullish(),
  tags: z
    .union(
      [z.array(Word), z.string().transform((text) => text.split(','))],
      'Must be a list of words, such as [news, travel], or text with commas.',
    )
    .transform((tags) => tags.map((tag) => tag.trim()).filter(Boolean))
    .nullish(),
  date: PastDate.nullish(),
  status: z.enum(postStatuses, 'Must be draft or published.').nullish(),
  draft: z.boolean(yesOrNo).nullish(),
  /** Jekyll's field. */
  published: z.boolean(yesOrNo).nullish(),
})

interface Split {
  /** The values of the front matter, by name in lower case; empty without front matter. */
  values: Record<string, unknown>
  /** The line of the file that contains a value. */
  lineOf(name: string): number | undefined
  body: string
}

/**
 * Separates front matter (YAML between two lines of ---) from the text. A horizontal rule at the start looks the same:
 * if no names follow up to the next ---, it is text.
 * @throws ConfigError
 */
export function splitFrontMatter(path: string, text: string): Split {
  const lines = text.split('\n')
  const end = lines.findIndex((line, place) => place > 0 && /^(---|\.\.\.)[ \t]*$/.test(line))
  const all: Split = { values: {}, lineOf: () => undefined, body: text }
  if (end === -1 || !/^---[ \t]*$/.test(lines[0] ?? '')) return all
  const head = lines.slice(1, end)
  const hasText = head.some((line) => !/^\s*(#.*)?$/.test(line))
  if (hasText && !hasNames(head)) return all
  return { ...parseYaml(path, head.join('\n')), body: lines.slice(end + 1).join('\n') }
}

/** Usual names of fields, here and in other programs. */
const commonNames =
  /^(title|tags?|date|draft|status|published|slug|layout|categor(y|ies)|author|description|aliases)$/i

/**
 * Whether lines look like YAML with names. A blank first line, or a name with a capital letter (the start of a
 * sentence), means text, unless one of the usual names occurs.
 */
function hasNames(head: readonly string[]): boolean {
  const names = head.flatMap((line) => /^(["']?)([\w.-]+)\1[ \t]*:(?=[ \t]|$)/.exec(line)?.[2] ?? [])
  if (names.some((name) => commonNames.test(name))) return true
  const first = head.find((line) => !line.trimStart().startsWith('#')) ?? ''
  return /^(["']?)[a-z_][\w.-]*\1[ \t]*:(?=[ \t]|$)/.test(first)
}

function parseYaml(path: string, head: string): Pick<Split, 'values' | 'lineOf'> {
  const lineCounter = new LineCounter()
  const document = parseDocument(head, { logLevel: 'error', prettyErrors: false, lineCounter })
  const lineAt = (offset: number) => lineCounter.linePos(offset).line + 1 // behind the first ---
  const faults = document.errors.map(
    (error) => `${path}, line ${lineAt(error.pos[0])}: The front matter is not YAML: ${error.message}`,
  )
  if (faults.length > 0) throw new ConfigError(faults.join('\n'))
  if (document.contents && !isMap(document.contents))
    throw new ConfigError(
      `${path}, line 2: The front matter must have a name and a value in each line: title: Hello`,
    )
  const fields = new Map<string, number>()
  for (const { key } of document.contents?.items ?? [])
    if (isScalar(key)) fields.set(String(key.value).toLowerCase(), lineAt(key.range?.[0] ?? 0))
  return { values: valuesOf(path, document), lineOf: (name) => fields.get(name) }
}

function valuesOf(path: string, document: ReturnType<typeof parseDocument>): Record<string, unknown> {
  try {
    const values: object = document.toJS() ?? {}
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]))
  } catch {
    throw new ConfigError(`${path}: The front matter refers to itself too often.`)
  }
}
