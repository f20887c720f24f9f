import { parseDocument } from 'yaml'
import { z } from 'zod'
import { ConfigError } from '../../config.ts'
import { Body, Tags, Title } from '../../posts/posts.schemas.ts'
import { postStatuses } from '../../posts/posts.table.ts'
import { titleFromHeading, titleFromName } from './markdown-titles.ts'
import { check } from './parse.ts'

/** 2026-11-21, with or without a time, with or without a zone; as Jekyll and Hugo write them. */
const datePattern =
  /^(\d{4}-\d\d-\d\d)(?:[Tt ] *(\d\d:\d\d)(:\d\d(?:\.\d+)?)? *(?:(Z)|([+-]\d\d)(?::?(\d\d))?)?)?$/

const DateTime = z
  .string()
  .trim()
  .transform((text) => text.replace(datePattern, withTime))
  .pipe(z.iso.datetime({ offset: true, error: 'Must be a date such as 2026-11-21 or 2026-11-21T09:30:00Z.' }))

function withTime(_: string, ...[date, time, seconds, , zone, minutes]: (string | undefined)[]) {
  return `${date}T${time ?? '00:00'}${seconds ?? ':00'}${zone === undefined ? 'Z' : `${zone}:${minutes ?? '00'}`}`
}

const Word = z.union([z.string(), z.number()]).transform(String)

/** What is looked at; other programs' fields, such as slug and layout, are left alone. */
const FrontMatter = z.object({
  title: Word.nullish(),
  tags: z
    .union([z.array(Word), z.string().transform((text) => text.split(','))])
    .transform((tags) => tags.map((tag) => tag.trim()).filter(Boolean))
    .nullish(),
  date: DateTime.nullish(),
  status: z.enum(postStatuses).nullish(),
  draft: z.boolean().nullish(),
  /** Jekyll's. */
  published: z.boolean().nullish(),
})

const MarkdownPost = z.object({
  title: Title,
  body: Body,
  tags: Tags,
  status: z.enum(postStatuses),
  /** When it was written; absent where nothing tells. */
  date: z.string().optional(),
})
export type MarkdownPost = z.output<typeof MarkdownPost>

/**
 * The post that a Markdown file holds. `path` is named in errors, and gives what the front matter leaves out:
 * the title, where there is no heading, and the date of names such as 2026-11-21-hello.md. @throws ConfigError
 */
export function parseMarkdown(path: string, content: string): MarkdownPost {
  const text = content.replaceAll('\r\n', '\n')
  if (/^\+\+\+[ \t]*\n/.test(text)) {
    throw new ConfigError(`${path}: Its front matter is TOML: write it in YAML, between lines of ---.`)
  }
  const { head, body } = split(text)
  const front = check(FrontMatter, parseYaml(path, head), path)
  const fromName = titleFromName(path)
  const isDraft = front.draft === true || front.published === false
  return check(
    MarkdownPost,
    {
      title: front.title?.trim() || titleFromHeading(body) || fromName.title,
      body: body.replace(/^(?:[ \t]*\n)+/, '').trimEnd(),
      tags: front.tags ?? [],
      status: isDraft ? 'draft' : (front.status ?? 'published'),
      date: front.date ?? fromName.date,
    },
    path,
  )
}

/** Front matter stands between lines of ---, at the very beginning. */
function split(text: string): { head: string; body: string } {
  const lines = text.split('\n')
  const end = lines.findIndex((line, place) => place > 0 && /^(---|\.\.\.)[ \t]*$/.test(line))
  if (end === -1 || !/^---[ \t]*$/.test(lines[0] ?? '')) return { head: '', body: text }
  return { head: lines.slice(1, end).join('\n'), body: lines.slice(end + 1).join('\n') }
}

function parseYaml(path: string, head: string): unknown {
  const document = parseDocument(head, { logLevel: 'error', prettyErrors: false })
  const [error] = document.errors
  if (error) throw new ConfigError(`${path}: Its front matter is not YAML: ${error.message}`)
  try {
    return document.toJS() ?? {}
  } catch {
    throw new ConfigError(`${path}: Its front matter refers to itself too often.`)
  }
}
