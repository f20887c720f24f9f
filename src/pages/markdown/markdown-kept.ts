import type { Token } from 'markdown-it'

// CommonMark and GFM leave out some parts of a text. These rules keep them on the page.

/** A row may have more cells than its table has columns: the additional ones go into its last cell. */
export function keepSpareCells(tokens: Token[], lines: readonly string[]): void {
  let columns = 0
  let spare: string[] = []
  for (const [index, { type, map }] of tokens.entries()) {
    if (type === 'thead_open') columns = 0
    if (type === 'th_open') columns++
    if (type === 'tr_open' && map) spare = cellsOf(lines[map[0]] ?? '').slice(columns)
    const last = tokens[index - 2]
    if (type === 'tr_close' && last?.type === 'inline' && spare.length > 0)
      last.content = [last.content, ...spare].join(' | ')
  }
}

/** The cells of a row, split as markdown-it does. The line may begin with the marks of quotes around the table. */
function cellsOf(line: string): string[] {
  const cells = line
    .replace(/^[\s>]+/, '')
    .trimEnd()
    .split(/(?<!\\)\|/)
  if (cells[0] === '') cells.shift()
  if (cells.at(-1) === '') cells.pop()
  return cells.map((cell) => cell.trim())
}

/** Link definitions that no link uses, and repeated ones, are shown as text. */
export function keepUnusedDefinitions(tokens: Token[], lines: readonly string[]): void {
  const used = new Set<unknown>()
  for (const { children } of tokens)
    for (const { meta } of children ?? []) if (meta?.label) used.add(meta.label)
  for (const token of tokens) {
    if (token.type !== 'reference_definition') continue
    // Of several definitions with one label, only the first is used.
    const isUsed = used.delete(token.meta?.label)
    token.content = isUsed || !token.map ? '' : lines.slice(...token.map).join('\n')
  }
}

/** Marks a task: `- [ ]` or `- [x]` (GFM, section 5.3). */
export function markTask(paragraph: Token): void {
  const [first] = paragraph.children ?? []
  const [mark, done] = (first?.type === 'text' && /^\[([ xX])\]\s/.exec(first.content)) || []
  if (!first || !mark) return
  const box = Object.assign(Object.create(Object.getPrototypeOf(first)), first, {
    type: 'checkbox',
    content: done,
  })
  first.content = first.content.slice(mark.length)
  paragraph.children?.unshift(box)
}
