/**
 * The JSON pointer (RFC 6901) of the first repeated key of an object, or undefined. Parsers differ in which of two
 * values they take, so a proxy could check one and this service use the other (RFC 8259, section 4). `text` must be
 * valid JSON. The search skips over long strings, so its time grows only with the rest of the text.
 */
export function duplicateKey(text: string): string | undefined {
  const open: Container[] = []
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character !== '"') {
      step(open, character)
      continue
    }
    const end = endOfString(text, at)
    if (!noteKey(open.at(-1), text, at, end)) return pointerOf(open)
    at = end
  }
  return undefined
}

function step(open: Container[], character: string | undefined): void {
  if (character === '{') open.push({ keys: new Set(), key: '', isKeyNext: true })
  else if (character === '[') open.push({ key: 0 })
  else if (character === '}' || character === ']') open.pop()
  else if (character === ',') advance(open.at(-1))
}

/** Records a key; false if the object already has it. Does nothing for a string that is a value. */
function noteKey(container: Container | undefined, text: string, start: number, end: number): boolean {
  if (!container?.keys || !container.isKeyNext) return true
  container.key = JSON.parse(text.slice(start, end + 1)) as string // "a" and "\u0061" are one key
  container.isKeyNext = false
  if (container.keys.has(container.key)) return false
  container.keys.add(container.key)
  return true
}

/** An object or array that is not closed yet, and the position in it. */
interface Container {
  keys?: Set<string>
  key: string | number
  isKeyNext?: boolean
}

function advance(container: Container | undefined): void {
  if (!container) return
  if (container.keys) container.isKeyNext = true
  else container.key = Number(container.key) + 1
}

/** The index at which the string ends that begins at this quotation mark. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let backslashes = 0
    while (text[end - 1 - backslashes] === '\\') backslashes++
    if (backslashes % 2 === 0) return end
  }
}

function pointerOf(open: Container[]): string {
  const keys = open.map(({ key }) => String(key).slice(0, 200).replaceAll('~', '~0').replaceAll('/', '~1'))
  return keys.map((key) => `/${key}`).join('')
}
