import { type Change, type Json, resolver } from './changes.ts'
import { compareSchemas, type Difference } from './schemas.ts'

/** All changes in the second document that matter to clients of the first. */
export function compareDocuments(before: Json, after: Json): Change[] {
  const sides = { before: resolver(before), after: resolver(after) }
  const [old, now] = [operationsOf(before), operationsOf(after)]
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((where) => {
    const [a, b] = [old.get(where), now.get(where)]
    if (!a) return [{ kind: 'added' as const, where, what: `is new: ${b?.summary}` }]
    if (!b) return [{ kind: 'breaking' as const, where, what: 'is gone' }]
    return compareOperations(a, b, sides).map((change) => ({ ...change, where }))
  })
}

type Sides = { before: (value: Json) => Json; after: (value: Json) => Json }
type Finding = Pick<Change, 'kind' | 'what'>

const methods = ['get', 'put', 'post', 'delete', 'patch', 'options', 'head', 'trace']

function operationsOf(document: Json): Map<string, Json> {
  return new Map(
    Object.entries<Json>(document.paths ?? {}).flatMap(([path, item]) =>
      methods
        .filter((method) => item[method])
        .map((method): [string, Json] => [
          // The name of a path parameter does not matter to clients.
          `${method.toUpperCase()} ${path}`,
          { ...item[method], parameters: [...(item.parameters ?? []), ...(item[method].parameters ?? [])] },
        ]),
    ),
  )
}

function compareOperations(a: Json, b: Json, sides: Sides): Finding[] {
  const findings = [
    ...(a.operationId === b.operationId
      ? []
      : [breaking(`has the operationId \`${b.operationId}\`, not \`${a.operationId}\``)]),
    ...(b.deprecated && !a.deprecated ? [{ kind: 'deprecated' as const, what: deprecation(b) }] : []),
    ...compareSecurity(a.security ?? [], b.security ?? []),
    ...compareParameters(a, b, sides),
    ...compareBodies(sides.before(a.requestBody), sides.after(b.requestBody), sides),
    ...compareResponses(a.responses ?? {}, b.responses ?? {}, sides),
  ]
  // A change that breaks in one direction is breaking.
  const isBreaking = (what: string) => findings.some((one) => one.kind === 'breaking' && one.what === what)
  return findings.filter(({ kind, what }) => kind !== 'added' || !isBreaking(what))
}

function deprecation({ 'x-sunset': sunset }: Json): string {
  return sunset ? `is deprecated, and goes on ${sunset}` : 'is deprecated'
}

function compareSecurity(a: Json[], b: Json[]): Finding[] {
  // No requirement is equal to an empty one.
  const ways = (list: Json[]) =>
    list.length === 0 ? [''] : list.map((way) => Object.keys(way).sort().join(' and '))
  const say = (way: string) => (way === '' ? 'without credentials' : `with ${way}`)
  const [before, after] = [ways(a), ways(b)]
  return [
    ...before
      .filter((way) => !after.includes(way))
      .map((way) => breaking(`does not answer ${say(way)} any more`)),
    ...after.filter((way) => !before.includes(way)).map((way) => added(`also answers ${say(way)}`)),
  ]
}

function compareParameters(a: Json, b: Json, sides: Sides): Finding[] {
  const read = (operation: Json, resolve: (value: Json) => Json) =>
    new Map<string, Json>(
      (operation.parameters as Json[])
        .map(resolve)
        .map((one): [string, Json] => [`${one.in} parameter \`${one.name}\``, one]),
    )
  const [before, after] = [read(a, sides.before), read(b, sides.after)]
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name): Finding[] => {
    const [old, now] = [before.get(name), after.get(name)]
    if (!old) return [now?.required ? breaking(`needs the ${name}`) : added(`takes the ${name}`)]
    if (!now) return [breaking(`does not take the ${name} any more`)]
    return [
      ...(now.required && !old.required ? [breaking(`needs the ${name}`)] : []),
      ...requestFindings(compareSchemas(old.schema ?? {}, now.schema ?? {}, sides, `the ${name}`)),
    ]
  })
}

function compareBodies(a: Json | undefined, b: Json | undefined, sides: Sides): Finding[] {
  if (!a && !b) return []
  if (!a) return [b?.required ? breaking('needs a body') : added('takes a body')]
  if (!b) return [breaking('does not take a body any more')]
  return [
    ...(b.required && !a.required ? [breaking('needs a body')] : []),
    ...Object.keys(a.content).flatMap((type): Finding[] => {
      const [old, now] = [a.content[type], b.content[type]]
      if (!now) return [breaking(`does not take ${type} any more`)]
      return requestFindings(compareSchemas(old.schema ?? {}, now.schema ?? {}, sides, 'the body'))
    }),
    ...Object.keys(b.content)
      .filter((type) => !(type in a.content))
      .map((type) => added(`takes ${type}`)),
  ]
}

function compareResponses(a: Json, b: Json, sides: Sides): Finding[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((status): Finding[] => {
    const isError = /^[45]/.test(status)
    if (!(status in a)) return [isError ? added(`can answer ${status}`) : breaking(`can answer ${status}`)]
    if (!(status in b))
      return [
        isError
          ? added(`does not answer ${status} any more`)
          : breaking(`does not answer ${status} any more`),
      ]
    const [old, now] = [sides.before(a[status]), sides.after(b[status])]
    return [...compareHeaders(old, now, status, sides), ...compareContents(old, now, status, sides)]
  })
}

function compareHeaders(a: Json, b: Json, status: string, sides: Sides): Finding[] {
  const [before, after]: [Json, Json] = [a.headers ?? {}, b.headers ?? {}]
  return [
    ...Object.keys(before).flatMap((name): Finding[] => {
      if (!(name in after)) return [breaking(`sends no ${name} with ${status} any more`)]
      const [old, now] = [sides.before(before[name]), sides.after(after[name])]
      return [
        ...(old.required && !now.required ? [breaking(`may send no ${name} with ${status}`)] : []),
        ...responseFindings(compareSchemas(old.schema ?? {}, now.schema ?? {}, sides, `the header ${name}`)),
      ]
    }),
    ...Object.keys(after)
      .filter((name) => !(name in before))
      .map((name) => added(`sends ${name} with ${status}`)),
  ]
}

function compareContents(a: Json, b: Json, status: string, sides: Sides): Finding[] {
  const [before, after]: [Json, Json] = [a.content ?? {}, b.content ?? {}]
  return [
    ...Object.keys(before).flatMap((type): Finding[] => {
      if (!(type in after)) return [breaking(`does not answer ${status} as ${type} any more`)]
      const differences = compareSchemas(
        before[type].schema ?? {},
        after[type].schema ?? {},
        sides,
        'the body',
      )
      return [...responseFindings(differences), ...codeFindings(before[type], after[type])]
    }),
    ...Object.keys(after)
      .filter((type) => !(type in before))
      .map((type) => added(`can answer ${status} as ${type}`)),
  ]
}

/** The examples of a response are its problems. */
function codeFindings(a: Json, b: Json): Finding[] {
  const [before, after] = [Object.keys(a.examples ?? {}), Object.keys(b.examples ?? {})]
  return after.filter((code) => !before.includes(code)).map((code) => added(`can answer \`${code}\``))
}

function requestFindings(differences: Difference[]): Finding[] {
  return differences.map(({ effect, what }) =>
    effect === 'less' ? breaking(`${what}, in requests`) : added(`${what}, in requests`),
  )
}

/** A new field or enumeration value does not break clients: the document announces that both can be added. */
function responseFindings(differences: Difference[]): Finding[] {
  return differences.map(({ effect, what }) => {
    const isForeseen = / is new$| has the new value /.test(what)
    return effect === 'more' && !isForeseen ? breaking(`${what}, in answers`) : added(`${what}, in answers`)
  })
}

const breaking = (what: string): Finding => ({ kind: 'breaking', what })
const added = (what: string): Finding => ({ kind: 'added', what })
