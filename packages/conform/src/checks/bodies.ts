import type { Kit } from '../check.ts'
import { type Check, check } from '../check.ts'
import type { Json, ReceivedResponse } from '../exchange.ts'
import { assert, hasHeader, isProblem, refuses } from '../expect.ts'
import { type Operation, pathOf } from '../operations.ts'
import { callerOf } from './caller.ts'

interface Field {
  isRequired?: boolean
  /** A field for text of any kind, which must refuse NUL and lone surrogates, with the right codes. */
  isText?: boolean
  /** Values of the right type that must be refused. */
  wrong?: Json[]
}

const longText = 'x'.repeat(1001)
const title: Field = {
  isText: true,
  wrong: ['', ' \n ', 'x'.repeat(201), '\u200b', '\u3164', 'a\u202eb', 'a\u2066b', 'a\u0007'],
}
const body: Field = { isText: true, wrong: ['', ' ', '\u2060', 'a\u001bb'] }
const tags: Field = {
  wrong: [
    'news',
    'abcdefghijk'.split(''),
    [''],
    ['x'.repeat(33)],
    [5],
    [null],
    ['a\0'],
    ['\u00ad'],
    ['a\u202eb'],
  ],
}
const status: Field = { wrong: ['gone', ''] }
const username: Field = {
  wrong: ['ab', 'x'.repeat(33), 'a b c', 'ada!', 'ada\u200b', 'p\u0430ypal', 'ada\0', ''],
}
const email: Field = {
  wrong: [
    'nobody',
    'a@b',
    'a b@example.com',
    '@example.com',
    'a..b@example.com',
    '.a@example.com',
    'a@b@example.com',
    'a,b@example.com',
    `${'x'.repeat(250)}@example.com`,
  ],
}
const password: Field = {
  isText: true,
  wrong: ['seven77', 'x'.repeat(73)],
}
const current: Field = { isText: true, wrong: ['', longText] }
const required = (field: Field): Field => ({ ...field, isRequired: true })

/** The fields of each body. */
const fieldsOf: Record<string, Record<string, Field>> = {
  registerUser: {
    username: required(username),
    email: required(email),
    password: required({
      ...password,
      wrong: [
        'seven77',
        'x'.repeat(73),
        'é'.repeat(37),
        'password1',
        'aaaaaaaaa',
        '23456789a',
        'correct\u0007horse',
      ],
    }),
  },
  createToken: { username: required({ isText: true, wrong: [''] }), password: required(current) },
  refreshToken: { refresh_token: required({ wrong: ['', 'x'.repeat(513)] }) },
  updateMe: { username, email, current_password: current },
  deleteMe: { password: required(current) },
  changePassword: { current_password: required(current), new_password: required(password) },
  updateUser: { role: { wrong: ['root', ''] }, disabled: { wrong: ['true', 1, 0] } },
  createPost: {
    title: required(title),
    body: required({ ...body, wrong: ['', ' ', 'x'.repeat(100_001)] }),
    tags,
    status,
  },
  updatePost: { title, body, tags, status },
  createComment: { body: required({ ...body, wrong: ['', ' \t', 'x'.repeat(10_001)] }) },
  updateComment: { body: required({ ...body, wrong: ['', ' \t', 'x'.repeat(10_001)] }) },
}

/** For each operation with a body: unreadable bodies, unknown fields and invalid values are refused. */
export function bodyChecksOf(operations: readonly Operation[]): Check[] {
  return operations
    .filter((operation) => operation.body !== undefined)
    .flatMap((operation) => {
      const { id, method, path } = operation
      return [
        check(
          `${method} ${path} (${id}) refuses bodies that are no JSON in UTF-8 with 400 and 415`,
          'which status',
          (kit) => unreadable(kit, operation),
        ),
        check(`${method} ${path} (${id}) refuses unknown fields with 422 and points at them`, 'JSON', (kit) =>
          unknownFields(kit, operation),
        ),
        check(
          `${method} ${path} (${id}) refuses missing, null and wrong values with 422 and points at them`,
          'text',
          (kit) => wrongValues(kit, operation),
        ),
      ]
    })
}

const json = { 'content-type': 'application/json' }

/** Returns a function that sends bodies to an operation, as a persona who may call it. */
async function sender(kit: Kit, operation: Operation) {
  const as = await callerOf(kit, operation)
  const { method } = operation
  const path = pathOf(operation)
  return {
    raw: (rawBody: string | Uint8Array, headers: Record<string, string> = json) =>
      kit.request(path, { method, as, rawBody, headers }),
    json: (value: Json): Promise<ReceivedResponse> => kit.request(path, { method, as, json: value }),
    none: (headers: Record<string, string> = {}) => kit.request(path, { method, as, headers }),
  }
}

async function unreadable(kit: Kit, operation: Operation): Promise<void> {
  const send = await sender(kit, operation)
  const good = JSON.stringify(operation.body)
  for (const text of ['{', "{'a': 1}", '{} {}', '{"a": NaN}', '   ', `${good},`]) {
    isProblem(await send.raw(text), 400, 'request.malformed_json')
  }
  const notUtf8 = new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])
  isProblem(await send.raw(notUtf8), 400, 'request.malformed_json')
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=utf-16',
    ';;',
  ]) {
    isProblem(await send.raw(good, { 'content-type': type }), 415, 'request.unsupported_media_type')
  }
  const untyped = isProblem(await send.raw(good, {}), 415, 'request.unsupported_media_type')
  hasHeader(untyped, operation.method === 'PATCH' ? 'accept-patch' : 'accept', 'application/json')
  const coded = await send.raw(good, { ...json, 'content-encoding': 'gzip' })
  hasHeader(isProblem(coded, 415, 'request.unsupported_media_type'), 'accept-encoding', 'identity')
  if (operation.isAdded && operation.isBodyOptional) return
  const none = await send.none()
  if (operation.isBodyOptional) isProblem(none, 401, 'auth.credentials_missing', 'auth.refresh_missing')
  else isProblem(none, 400, 'request.body_missing')
}

async function unknownFields(kit: Kit, operation: Operation): Promise<void> {
  const send = await sender(kit, operation)
  // Fields that would forge an author, an id or a role, and a misspelt name.
  for (const key of ['conform_unknown', 'id', 'author', 'author_id', 'user_id', 'created_at', 'role']) {
    if (key in (fieldsOf[operation.id] ?? {}) || operation.fields?.all.includes(key)) continue
    const response = await send.json({ ...operation.body, [key]: 'admin' })
    refuses(response, { location: 'body', at: `/${key}`, code: 'unknown_key' })
  }
  refuses(await send.json({ ...operation.body, 'a/b~c': 1 }), {
    location: 'body',
    at: '/a~1b~0c',
    code: 'unknown_key',
  })
  const proto = await send.raw(
    `${JSON.stringify(operation.body).replace(/\}$/, operation.body && Object.keys(operation.body).length > 0 ? ',' : '')}"__proto__":{"role":"admin"}}`,
  )
  isProblem(proto, 422, 'request.invalid')
}

async function wrongValues(kit: Kit, operation: Operation): Promise<void> {
  const send = await sender(kit, operation)
  for (const value of [[], 'text', null, 5, true]) {
    isProblem(await send.json(value), 422, 'request.invalid')
  }
  for (const name of operation.fields?.required ?? []) {
    const { [name]: _, ...rest } = operation.body
    refuses(await send.json(rest), { location: 'body', at: `/${name}`, code: 'required' })
  }
  for (const [name, field] of Object.entries(fieldsOf[operation.id] ?? {})) {
    const at = `/${name}`
    const { [name]: _, ...rest } = operation.body
    const withValue = (value: Json) => send.json({ ...rest, [name]: value })
    if (field.isRequired) refuses(await send.json(rest), { location: 'body', at, code: 'required' })
    if (field.isText) {
      refuses(await withValue('a\0bcdefgh'), { location: 'body', at, code: 'nul_character' })
      refuses(await withValue('abcdefgh\ud800'), { location: 'body', at, code: 'lone_surrogate' })
    }
    for (const value of wrongOf(name, field)) pointsAt(await withValue(value), at)
  }
}

/** Values that a field must refuse, including values of other types. */
function wrongOf(name: string, { wrong = [] }: Field): Json[] {
  return [null, 5, {}, ...(name === 'tags' ? [] : [[]]), ...(name === 'disabled' ? [] : [true]), ...wrong]
}

function pointsAt(response: ReceivedResponse, at: string): void {
  isProblem(response, 422, 'request.invalid')
  const pointers: string[] = response.json.errors.map((error: Json) => error.pointer)
  const isThere = pointers.every((pointer) => pointer === at || pointer?.startsWith(`${at}/`))
  assert(isThere, `a pointer to ${at}`, pointers, response)
}
