import { basename, extname } from 'node:path'

/** Fenced code blocks: a comment in them is not a heading. */
const codeBlock = /^ {0,3}(`{3,}|~{3,})[\s\S]*?(?:\n {0,3}\1[`~]*[ \t]*$|(?![\s\S]))/gm

const heading = /^ {0,3}(?:#{1,6}[ \t]+(?<marked>\S.*)|(?<underlined>\S.*)\n {0,3}=+[ \t]*)$/m

/** The first heading, written as `# Hello` or underlined with `=`. */
export function titleFromHeading(body: string): string | undefined {
  const { marked, underlined } = heading.exec(body.replace(codeBlock, ''))?.groups ?? {}
  return (marked?.replace(/\s#+\s*$/, '') ?? underlined)?.trim()
}

/** Title and date from a file name: 2026-11-21-hello-world.md gives `hello world` and that day. */
export function titleFromName(path: string): { title: string; date: string | undefined } {
  const name = basename(path, extname(path))
  const [, day, rest] = /^(\d{4}-\d\d-\d\d)-(.+)$/.exec(name) ?? []
  const words = (rest ?? name).replace(/[-_]+/g, ' ').trim()
  return { title: words || name, date: day }
}
