/** A summary of a statement without its values (OpenTelemetry: `db.operation.name`, `db.query.summary`). */
export interface Summary {
  operation: string
  summary: string
}

/** The maximum number of cached texts. There are some hundred, since values are not part of them. */
const max = 1000
const known = new Map<string, Summary>()

/** Drizzle quotes the names of tables. */
const parts = /\b(insert\s+into|update|delete\s+from|from|join)\s+"(\w+)"/gi

/** For a statement with several parts: `INSERT posts SELECT users`. */
export function summaryOf(text: string): Summary {
  const before = known.get(text)
  if (before) return before
  const operation = (/^[\s(]*(\w+)/.exec(text)?.[1] ?? 'query').toUpperCase()
  const found = [...text.matchAll(parts)].map(([, words = '', table]) => `${verbOf(words)} ${table}`)
  const summary = { operation, summary: [...new Set(found)].slice(0, 5).join(' ') || operation }
  if (known.size < max) known.set(text, summary)
  return summary
}

function verbOf(words: string): string {
  const [verb = ''] = words.toUpperCase().split(/\s/)
  return verb === 'FROM' || verb === 'JOIN' ? 'SELECT' : verb
}
