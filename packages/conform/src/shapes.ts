/** A condition on a value, with its description. */
export interface Rule {
  rule: string
  test(value: unknown): boolean
}

/**
 * The expected shape of a value: the value itself, a pattern, a rule, or an object or array of shapes without other
 * keys.
 */
export type Shape =
  | string
  | number
  | boolean
  | null
  | undefined
  | RegExp
  | Rule
  | Shape[]
  | { [key: string]: Shape }

interface Difference {
  expected: string
  actual: string
}

/** The differences between a value and a shape, with their paths; an empty list if it matches. */
export function differences(value: unknown, shape: Shape, path = ''): Difference[] {
  const at = path === '' ? '' : ` at ${path}`
  const wrong = (expected: string): Difference[] => [{ expected: `${expected}${at}`, actual: shown(value) }]
  if (shape instanceof RegExp) {
    return typeof value === 'string' && shape.test(value) ? [] : wrong(`a text like ${shape}`)
  }
  if (isRule(shape)) return shape.test(value) ? [] : wrong(shape.rule)
  if (Array.isArray(shape)) return arrayDifferences(value, shape, path) ?? wrong(shown(shape))
  if (typeof shape === 'object' && shape !== null) {
    return isObject(value) ? objectDifferences(value, shape, path) : wrong('an object')
  }
  return Object.is(value, shape) ? [] : wrong(shown(shape))
}

function arrayDifferences(value: unknown, shape: Shape[], path: string): Difference[] | undefined {
  if (!Array.isArray(value)) return undefined
  if (value.length !== shape.length) {
    const actual = `${value.length}: ${shown(value)}`
    return [{ expected: `${shape.length} items${path && ` at ${path}`}: ${shown(shape)}`, actual }]
  }
  return shape.flatMap((part, index) => differences(value[index], part, `${path}/${index}`))
}

function objectDifferences(
  value: Record<string, unknown>,
  shape: Record<string, Shape>,
  path: string,
): Difference[] {
  const surplus = Object.keys(value).filter((key) => !(key in shape))
  return [
    ...Object.entries(shape).flatMap(([key, part]) => differences(value[key], part, `${path}/${key}`)),
    ...surplus.map((key) => ({ expected: `no field ${path}/${key}`, actual: shown(value[key]) })),
  ]
}

function isRule(shape: Shape): shape is Rule {
  return isObject(shape) && typeof shape.test === 'function' && 'rule' in shape
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value as text for people, shortened. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value, (_key, part) => {
    if (part instanceof RegExp) return String(part)
    return isObject(part) && typeof part.rule === 'string' ? `<${part.rule}>` : part
  })
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
