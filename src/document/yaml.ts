/** Text that needs no quotes in YAML 1.1 and 1.2: it begins with a letter and contains nothing with a meaning. */
const PLAIN = /^[a-z/$][\w ./${}()+,;'’<>=*?!@%–…·-]*(?<! )$/i

/** Words that YAML 1.1 or 1.2 would not read as text. */
const WORDS = /^(?:true|false|yes|no|on|off|null|y|n)$/i

/** Lines that need no escapes in a block scalar (YAML 1.2, section 8.1.2). The first line sets the indentation. */
const BLOCK = /^(?! )[\t\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\n]*[^\s]$/

/**
 * Writes plain data as YAML 1.2; undefined values are left out. An own writer, since the usual libraries would be a
 * fifth of the Worker's script, mostly for reading YAML.
 */
export function toYaml(value: unknown): string {
  return `${linesOf(value).join('\n')}\n`
}

/** The lines of a value. `[]`, `{}` and scalars take one line. */
function linesOf(value: unknown): string[] {
  if (Array.isArray(value) && value.length > 0) return value.flatMap((item) => indented(linesOf(item), '- '))
  const entries = isMap(value) ? Object.entries(value).filter(([, of]) => of !== undefined) : []
  return entries.length > 0 ? entries.flatMap(([key, of]) => pair(scalar(key), of)) : [scalar(value)]
}

function pair(key: string, value: unknown): string[] {
  if (typeof value === 'string' && value.includes('\n') && BLOCK.test(value))
    return [`${key}: |-`, ...indented(value.split('\n'))]
  const lines = linesOf(value)
  return isList(value) ? [`${key}:`, ...indented(lines)] : [`${key}: ${lines[0]}`]
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether the value takes several lines. */
function isList(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  return isMap(value) && Object.values(value).some((of) => of !== undefined)
}

function indented(lines: readonly string[], first = '  '): string[] {
  return lines.map((line, index) => (line === '' ? '' : `${index === 0 ? first : '  '}${line}`))
}

/** All JSON text is YAML, so text that needs quotes is written as JSON. */
function scalar(value: unknown): string {
  if (isMap(value)) return '{}'
  return typeof value === 'string' && PLAIN.test(value) && !WORDS.test(value) ? value : JSON.stringify(value)
}
