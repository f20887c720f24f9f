import { z } from 'zod'
import { ConfigError } from '../../config/config.ts'
import { Body, Tags, Title } from '../../posts/posts.schemas.ts'
import { postStatuses } from '../../posts/posts.table.ts'
import { FrontMatter, PastDate, splitFrontMatter } from './front-matter.ts'
import { titleFromHeading, titleFromName } from './markdown-titles.ts'
import { describeIssue } from './parse.ts'

const MarkdownPost = z.object({
  title: Title,
  body: Body,
  tags: Tags,
  status: z.enum(postStatuses),
  /** The date of the post; absent if unknown. */
  date: PastDate.optional(),
})
export type MarkdownPost = z.output<typeof MarkdownPost>

/**
 * Parses a Markdown file as a post. `path` appears in errors, and supplies what the front matter lacks: the title if
 * there is no heading, and the date of names such as 2026-11-21-hello.md.
 * @throws ConfigError with a line per error: file, line, field and rule
 */
export function parseMarkdown(path: string, content: string): MarkdownPost {
  const text = content.replaceAll('\r\n', '\n')
  if (/^\+\+\+[ \t]*\n/.test(text) && /\n\+\+\+[ \t]*(\n|$)/.test(text))
    throw new ConfigError(`${path}: The front matter is TOML: write it in YAML, between lines of ---.`)
  const { values, lineOf, body } = splitFrontMatter(path, text)
  const front = FrontMatter.safeParse(values)
  const { title, tags, date, status, draft, published } = front.data ?? usableFields(values, front.error)
  const fromName = titleFromName(path)
  const post = MarkdownPost.safeParse({
    title: title?.trim() || titleFromHeading(body) || fromName.title,
    body: body.replace(/^(?:[ \t]*\n)+/, '').trimEnd(),
    tags: tags ?? [],
    status: draft === true || published === false ? 'draft' : (status ?? 'published'),
    date: date ?? (lineOf('date') === undefined ? fromName.date : undefined),
  })
  if (front.success && post.success) return post.data
  const issues = [...(front.error?.issues ?? []), ...(post.error?.issues ?? [])]
  throw new ConfigError(
    issues
      .map((issue) => `${placeOf(path, lineOf(String(issue.path[0])))}: ${describeIssue(issue)}`)
      .join('\n'),
  )
}

/** The valid fields, so that rules that depend on them are checked too and all errors appear at once. */
function usableFields(values: Record<string, unknown>, { issues }: z.ZodError): z.output<typeof FrontMatter> {
  const faulty = new Set(issues.map(({ path: [name] }) => name))
  return FrontMatter.parse(Object.fromEntries(Object.entries(values).filter(([name]) => !faulty.has(name))))
}

function placeOf(path: string, line: number | undefined): string {
  return line === undefined ? path : `${path}, line ${line}`
}
