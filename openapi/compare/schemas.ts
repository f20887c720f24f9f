import type { Json } from './changes.ts'

/**
 * Whether a schema change is breaking depends on the direction: the schema of a request may only allow more values,
 * that of a response only fewer. `more`: values are allowed now that were not allowed before; `less`: the reverse.
 */
export interface Difference {
  effect: 'more' | 'less'
  what: string
}

interface Sides {
  before: (value: Json) => Json
  after: (value: Json) => Json
}

/** Keywords for bounds: whether a larger number allows more values, and the name of the bound. */
const bounds: Record<string, { largerIs: 'more' | 'less'; name: string }> = {
  minimum: { largerIs: 'less', name: 'least value' },
  minLength: { largerIs: 'less', name: 'least length' },
  minItems: { largerIs: 'less', name: 'least number of items' },
  maximum: { largerIs: 'more', name: 'largest value' },
  maxLength: { largerIs: 'more', name: 'greatest length' },
  maxItems: { largerIs: 'more', name: 'largest number of items' },
}

/** Compares the values that two schemas allow; `name` is the name of the value. */
export function compareSchemas(
  before: Json,
  after: Json,
  sides: Sides,
  name: string,
  seen: ReadonlySet<string> = new Set(),
): Difference[] {
  const pair = `${before?.$ref} ${after?.$ref}`
  if (before?.$ref && seen.has(pair)) return []
  const [a, b] = [normal(sides.before(before)), normal(sides.after(after))]
  const within = (one: Json, other: Json, part: string) =>
    compareSchemas(one, other, sides, part, new Set([...seen, pair]))
  return [
    ...typeDifferences(a, b, name),
    ...enumDifferences(a, b, name),
    ...boundDifferences(a, b, name),
    ...otherDifferences(a, b, name),
    ...propertyDifferences(a, b, name, within),
    ...(a.items && b.items
      ? within(a.items, b.items, name.endsWith('`') ? `${name.slice(0, -1)}[]\`` : `${name}[]`)
      : []),
    ...branchDifferences(a, b, name, within),
  ]
}

/** Normalizes equivalent notations to one. */
function normal({ exclusiveMinimum, exclusiveMaximum, ...schema }: Json): Json {
  const result: Json = schema
  // All numbers in the document are integers.
  if (exclusiveMinimum !== undefined) result.minimum = exclusiveMinimum + 1
  if (exclusiveMaximum !== undefined) result.maximum = exclusiveMaximum - 1
  const types = typesOf(schema)
  if (types.includes('string')) result.minLength ??= 0
  if (types.includes('array')) result.minItems ??= 0
  return result
}

type Within = (before: Json, after: Json, name: string) => Difference[]

function typeDifferences(a: Json, b: Json, name: string): Difference[] {
  const [before, after] = [typesOf(a), typesOf(b)]
  if (before.length === 0 && after.length === 0) return []
  if (before.length === 0) return [{ effect: 'less', what: `${name} must be ${after.join(' or ')}` }]
  if (after.length === 0) return [{ effect: 'more', what: `${name} can be of any type` }]
  return listDifferences(before, after, (type, effect) =>
    effect === 'more' ? `${name} can be ${type}` : `${name} cannot be ${type} any more`,
  )
}

function typesOf({ type }: Json): string[] {
  return type === undefined ? [] : [type].flat()
}

function enumDifferences(a: Json, b: Json, name: string): Difference[] {
  const [before, after] = [valuesOf(a), valuesOf(b)]
  if (!before && !after) return []
  if (!before) return [{ effect: 'less', what: `${name} must be one of ${after?.join(', ')}` }]
  if (!after) return [{ effect: 'more', what: `${name} can be any value` }]
  return listDifferences(before, after, (value, effect) =>
    effect === 'more' ? `${name} has the new value ${value}` : `${name} has the value ${value} no more`,
  )
}

function valuesOf(schema: Json): string[] | undefined {
  const values = 'const' in schema ? [schema.const] : schema.enum
  return values?.map((value: unknown) => JSON.stringify(value))
}

function listDifferences(
  before: string[],
  after: string[],
  say: (value: string, effect: Difference['effect']) => string,
): Difference[] {
  return [
    ...after
      .filter((value) => !before.includes(value))
      .map((value) => ({ effect: 'more' as const, what: say(value, 'more') })),
    ...before
      .filter((value) => !after.includes(value))
      .map((value) => ({ effect: 'less' as const, what: say(value, 'less') })),
  ]
}

function boundDifferences(a: Json, b: Json, name: string): Difference[] {
  return Object.entries(bounds).flatMap(([keyword, { largerIs, name: bound }]): Difference[] => {
    const [before, after] = [a[keyword], b[keyword]]
    if (before === after) return []
    if (before === undefined) return [{ effect: 'less', what: `the ${bound} of ${name} is ${after}` }]
    if (after === undefined) return [{ effect: 'more', what: `${name} has no ${bound} any more` }]
    const isMore = after > before === (largerIs === 'more')
    return [{ effect: isMore ? 'more' : 'less', what: `the ${bound} of ${name} is ${after}, not ${before}` }]
  })
}

/** It is unknown which of two patterns or formats allows more, so a change counts as both. */
function otherDifferences(a: Json, b: Json, name: string): Difference[] {
  return ['pattern', 'format'].flatMap((keyword): Difference[] => {
    if (a[keyword] === b[keyword]) return []
    const what = b[keyword]
      ? `the ${keyword} of ${name} is \`${b[keyword]}\``
      : `${name} has no ${keyword} any more`
    const effects: Difference['effect'][] = !a[keyword] ? ['less'] : !b[keyword] ? ['more'] : ['more', 'less']
    return effects.map((effect) => ({ effect, what }))
  })
}

function propertyDifferences(a: Json, b: Json, name: string, within: Within): Difference[] {
  if (!a.properties && !b.properties) return []
  const [before, after] = [a.properties ?? {}, b.properties ?? {}]
  const isRequired = (schema: Json, key: string) => schema.required?.includes(key) === true
  const of = (key: string) => (name === 'the body' ? `\`${key}\`` : `\`${name.replaceAll('`', '')}.${key}\``)
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key): Difference[] => {
    if (!(key in before)) {
      const added: Difference = { effect: 'more', what: `${of(key)} is new` }
      return isRequired(b, key) ? [added, { effect: 'less', what: `${of(key)} is required` }] : [added]
    }
    if (!(key in after)) return [{ effect: 'less', what: `${of(key)} is gone` }, ...gone(a, key, of(key))]
    const wasRequired = isRequired(a, key)
    const nowRequired = isRequired(b, key)
    return [
      ...(wasRequired && !nowRequired
        ? [{ effect: 'more' as const, what: `${of(key)} can be missing` }]
        : []),
      ...(nowRequired && !wasRequired ? [{ effect: 'less' as const, what: `${of(key)} is required` }] : []),
      ...within(before[key], after[key], of(key)),
    ]
  })
}

/** A required field that disappears counts as optional. */
function gone(schema: Json, key: string, name: string): Difference[] {
  return schema.required?.includes(key) ? [{ effect: 'more', what: `${name} is gone` }] : []
}

/** Branches correspond if they have the same name, otherwise by position. */
function branchDifferences(a: Json, b: Json, name: string, within: Within): Difference[] {
  return ['anyOf', 'oneOf', 'allOf'].flatMap((keyword): Difference[] => {
    const [before, after]: Json[][] = [a[keyword] ?? [], b[keyword] ?? []]
    const keys = (list: Json[]) => list.map((branch, i) => branch.$ref ?? `number ${i + 1}`)
    const [was, is] = [keys(before ?? []), keys(after ?? [])]
    const [added, removed] = keyword === 'allOf' ? (['less', 'more'] as const) : (['more', 'less'] as const)
    return [
      ...is
        .filter((key) => !was.includes(key))
        .map((key) => ({ effect: added, what: `${name} has another form: ${nameOf(key)}` })),
      ...was
        .filter((key) => !is.includes(key))
        .map((key) => ({ effect: removed, what: `${name} has one form less: ${nameOf(key)}` })),
      ...was.flatMap((key, i) => {
        const other = after?.[is.indexOf(key)]
        return other && before?.[i] ? within(before[i], other, name) : []
      }),
    ]
  })
}

function nameOf(reference: string): string {
  return reference.split('/').at(-1) ?? reference
}
