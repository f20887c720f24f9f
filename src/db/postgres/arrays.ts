/** Quoted text, other text, and the braces of PostgreSQL's arrays (manual, 8.15.6). */
const TOKEN = /"((?:[^"\\]|\\.)*)"|[^,{}]+|[{}]/gs

/** Whatever is not plain words between two braces. */
const unusual = /["\\[]|.\{|NULL/s

/** An array as JavaScript has it; elements are strings, null, or arrays in turn. Drizzle's parser loses backslashes. */
export function parseArray(text: string): unknown[] {
  if (!unusual.test(text)) return text === '{}' ? [] : text.slice(1, -1).split(',')
  const open: unknown[][] = [[]]
  for (const [token, quoted] of text.matchAll(TOKEN)) {
    const inner = open.at(-1)
    if (token === '{') {
      const array: unknown[] = []
      inner?.push(array)
      open.push(array)
    } else if (token === '}') {
      open.pop()
    } else {
      inner?.push(quoted === undefined ? unquoted(token) : quoted.replace(/\\(.)/gs, '$1'))
    }
  }
  const outermost = open[0]?.at(-1) // the last: dimensions may stand before it
  return Array.isArray(outermost) ? outermost : []
}

function unquoted(token: string) {
  return token === 'NULL' ? null : token
}
