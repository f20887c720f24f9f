/** What a statement does, without any of its values (OpenTelemetry: `db.operation.name`, `db.query.summary`). */
export interface Summary {
  operation: string
  summary: string
}

/** Texts that are remembered; there are some hundred, since values are no part of them. */
const most = 1000
const known = new Map<string, Summary>()

/** Drizzle writes names of tables in quotes. */
const parts = /\b(insert\s+into|update|delete\s+from|from|join)\s+"(\w+)"/gi

/** `INSERT posts SELECT users` of a statement that does both. */
export function summaryOf(text: string): Summary {
  const before = known.get(text)
  if (before) return before
  const operation = (/^[\s(]*(\w+)/.exec(text)?.[1] ?? 'query').toUpperCase()
  const found = [...text.matchAll(parts)].map(([, words = '', table]) => `${verbOf(words)} ${table}`)
  const summary = { operation, summary: [...new Set(found)].slice(0, 5).join(' ') || operation }
  if (known.size < most) known.set(text, summary)
  return summary
}

function verbOf(words: string): string {
  const [verb = ''] = words.toUpperCase().split(/\s/)
  return verb === 'FROM' || verb === 'JOIN' ? 'SELECT' : verb
}
