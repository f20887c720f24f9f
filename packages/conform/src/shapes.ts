/** A condition on a value, with the words for it. */
export interface Rule {
  rule: string
  test(value: unknown): boolean
}

/** What a value should be: itself, a pattern, a rule, or an object or array of shapes, with no other keys. */
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

interface Misfit {
  expected: string
  came: string
}

/** What is wrong with a value, place by place; nothing when it is right. */
export function misfits(value: unknown, shape: Shape, path = ''): Misfit[] {
  const at = path === '' ? '' : ` at ${path}`
  const wrong = (expected: string): Misfit[] => [{ expected: `${expected}${at}`, came: shown(value) }]
  if (shape instanceof RegExp) {
    return typeof value === 'string' && shape.test(value) ? [] : wrong(`a text like ${shape}`)
  }
  if (isRule(shape)) return shape.test(value) ? [] : wrong(shape.rule)
  if (Array.isArray(shape)) return arrayMisfits(value, shape, path) ?? wrong(shown(shape))
  if (typeof shape === 'object' && shape !== null) {
    return isObject(value) ? objectMisfits(value, shape, path) : wrong('an object')
  }
  return Object.is(value, shape) ? [] : wrong(shown(shape))
}

function arrayMisfits(value: unknown, shape: Shape[], path: string): Misfit[] | undefined {
  if (!Array.isArray(value)) return undefined
  if (value.length !== shape.length) {
    const came = `${value.length}: ${shown(value)}`
    return [{ expected: `${shape.length} items${path && ` at ${path}`}: ${shown(shape)}`, came }]
  }
  return shape.flatMap((part, index) => misfits(value[index], part, `${path}/${index}`))
}

function objectMisfits(value: Record<string, unknown>, shape: Record<string, Shape>, path: string): Misfit[] {
  const surplus = Object.keys(value).filter((key) => !(key in shape))
  return [
    ...Object.entries(shape).flatMap(([key, part]) => misfits(value[key], part, `${path}/${key}`)),
    ...surplus.map((key) => ({ expected: `no field ${path}/${key}`, came: shown(value[key]) })),
  ]
}

function isRule(shape: Shape): shape is Rule {
  return isObject(shape) && typeof shape.test === 'function' && 'rule' in shape
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value as people read it, cut short. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value, (_key, part) => {
    if (part instanceof RegExp) return String(part)
    return isObject(part) && typeof part.rule === 'string' ? `<${part.rule}>` : part
  })
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
