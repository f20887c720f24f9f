import { type Check, check, type Kit } from '../check.ts'
import { isProblem, refuses } from '../expect.ts'
import { kindOf, type Operation, pathOf } from '../operations.ts'
import { callerOf } from './caller.ts'

const notNumbers = [
  '0',
  '-1',
  '1.5',
  '01',
  '1e3',
  '0x10',
  'abc',
  '9007199254740992',
  '99999999999999999999',
  '%00',
  '%20',
]
const notUuids = ['1', 'abc', '00000000-0000-0000-0000-00000000000', '%00', 'me%00']

/** For each operation: malformed ids, unknown ids, and unknown parameters. */
export function parameterChecksOf(operations: readonly Operation[]): Check[] {
  return operations.flatMap((operation) => {
    const { id, method, path, hasQuery, missing } = operation
    const names = [...path.matchAll(/\{(\w+)\}/g)]
      .map((match) => match[1] ?? '')
      .filter((name) => name !== 'code' && kindOf(operation, name) !== 'text')
    return [
      ...names.map((name) =>
        check(`${method} ${path} (${id}) refuses what is no ${name} with 422`, 'ids', (kit) =>
          badIds(kit, operation, name),
        ),
      ),
      ...(missing
        ? [
            check(
              `${method} ${path} (${id}) responds with 404 ${missing.join(' or ')} for an unknown id`,
              'which status',
              (kit) => nothingThere(kit, operation, missing),
            ),
          ]
        : []),
      ...(hasQuery
        ? [
            check(`${method} ${path} (${id}) refuses query parameters that it does not know`, 'JSON', (kit) =>
              unknownParameter(kit, operation),
            ),
          ]
        : []),
    ]
  })
}

/** Calls an operation as a persona that may call it, with a valid body. */
async function call(kit: Kit, operation: Operation, path: string) {
  const { method, body, isBodyOptional } = operation
  const as = await callerOf(kit, operation)
  return kit.request(path, { method, as, ...(body && !isBodyOptional && { json: body }) })
}

async function badIds(kit: Kit, operation: Operation, name: string): Promise<void> {
  const values = kindOf(operation, name) === 'number' ? notNumbers : notUuids
  const wrong = name === 'number' && !operation.isAdded ? [...values, '2147483648'] : values
  for (const value of wrong) {
    refuses(await call(kit, operation, pathOf(operation, { [name]: value })), { location: 'path', at: name })
  }
}

async function nothingThere(kit: Kit, operation: Operation, codes: readonly string[]): Promise<void> {
  isProblem(await call(kit, operation, pathOf(operation)), 404, ...codes)
}

async function unknownParameter(kit: Kit, operation: Operation): Promise<void> {
  const path = `${pathOf(operation)}?conform_unknown=1`
  // The body must be valid too, since an error in it could hide the result for the parameter.
  const { body, method } = operation
  const response = operation.isBodyOptional
    ? await kit.request(path, { method, json: body })
    : await call(kit, operation, path)
  refuses(response, { location: 'query', at: 'conform_unknown', code: 'unknown_key' })
}
