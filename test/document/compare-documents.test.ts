import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { changelog } from '../../openapi/compare/changelog.ts'
import { compareDocuments } from '../../openapi/compare/documents.ts'
import { allowsBreaking } from '../../openapi/compare/versions.ts'

const text = await readFile(new URL('../../openapi/openapi.json', import.meta.url), 'utf8')
const original = () => JSON.parse(text)

/** The changes that the comparison reports between the document and a changed copy. */
function changesAfter(change: (document: any) => void) {
  const changed = original()
  change(changed)
  return compareDocuments(original(), changed)
}

const parameter = (document: any, name: string) =>
  document.paths['/posts'].get.parameters.find((one: any) => one.name === name)
const schemas = (document: any) => document.components.schemas
const post = (document: any) => schemas(document).Post
const createPost = (document: any) => schemas(document).CreatePost
const listPosts = (document: any) => document.paths['/posts'].get

const breaking: [string, (document: any) => void][] = [
  ['an operation is gone', (d) => delete d.paths['/posts'].get],
  ['a path is gone', (d) => delete d.paths['/auth/whoami']],
  [
    'an operation has another id',
    (d) => {
      listPosts(d).operationId = 'getPosts'
    },
  ],
  [
    'an open operation is guarded',
    (d) => {
      listPosts(d).security = [{ accessToken: [] }]
    },
  ],
  ['a way to authenticate is gone', (d) => d.paths['/users'].get.security.pop()],
  ['a parameter is gone', (d) => listPosts(d).parameters.pop()],
  [
    'a parameter is needed',
    (d) => {
      parameter(d, 'limit').required = true
    },
  ],
  [
    'a new parameter is needed',
    (d) => listPosts(d).parameters.push({ name: 'x', in: 'query', required: true, schema: {} }),
  ],
  [
    'a parameter has a lower maximum',
    (d) => {
      parameter(d, 'limit').schema.maximum = 50
    },
  ],
  [
    'a parameter has a higher minimum',
    (d) => {
      parameter(d, 'limit').schema.minimum = 2
    },
  ],
  [
    'a parameter has another pattern',
    (d) => {
      parameter(d, 'cursor').schema.pattern = '^a$'
    },
  ],
  ['a value of a parameter is gone', (d) => parameter(d, 'sort').schema.enum.pop()],
  [
    'a parameter has another type',
    (d) => {
      parameter(d, 'limit').schema.type = 'string'
    },
  ],
  [
    'the items of a parameter are shorter',
    (d) => {
      parameter(d, 'tag').schema.items.maxLength = 8
    },
  ],
  [
    'a body is needed',
    (d) => {
      d.paths['/auth/token'].post.requestBody.required = true
    },
  ],
  [
    'a body has another media type',
    (d) => {
      d.paths['/posts'].post.requestBody.content = { 'text/plain': {} }
    },
  ],
  ['a field of a body is gone', (d) => delete createPost(d).properties.tags],
  ['a field of a body is needed', (d) => createPost(d).required.push('tags')],
  [
    'a new field of a body is needed',
    (d) => {
      createPost(d).properties.x = {}
      createPost(d).required.push('x')
    },
  ],
  [
    'a text of a body must be shorter',
    (d) => {
      createPost(d).properties.title.maxLength = 100
    },
  ],
  [
    'a list of a body must be shorter',
    (d) => {
      createPost(d).properties.tags.maxItems = 5
    },
  ],
  ['a good response is gone', (d) => delete listPosts(d).responses['304']],
  [
    'a good response is new',
    (d) => {
      listPosts(d).responses['202'] = { description: '' }
    },
  ],
  [
    'a response has another media type',
    (d) => {
      listPosts(d).responses['200'].content = { 'text/csv': {} }
    },
  ],
  ['a header of a response is gone', (d) => delete listPosts(d).responses['200'].headers.Link],
  [
    'a header may be missing',
    (d) => {
      d.components.headers.ETag.required = false
    },
  ],
  ['a field of a response is gone', (d) => delete post(d).properties.tags],
  [
    'a field of a response can be missing',
    (d) => {
      post(d).required = ['id']
    },
  ],
  [
    'a field of a response can be null',
    (d) => {
      post(d).properties.title.type = ['string', 'null']
    },
  ],
  [
    'a field of a response has another type',
    (d) => {
      post(d).properties.id.type = 'string'
    },
  ],
  [
    'a field of a response has another format',
    (d) => {
      post(d).properties.created_at.format = 'date'
    },
  ],
  [
    'a text of a response can be longer',
    (d) => {
      post(d).properties.title.maxLength = 300
    },
  ],
  ['a nested field of a response is gone', (d) => delete schemas(d).Author.properties.username],
  [
    'a response has another form',
    (d) => schemas(d).PublicKey.anyOf.push({ $ref: '#/components/schemas/Author' }),
  ],
]

const harmless: [string, (document: any) => void][] = [
  [
    'an operation is new',
    (d) => {
      d.paths['/x'] = { get: listPosts(d) }
    },
  ],
  [
    'an optional parameter is new',
    (d) => listPosts(d).parameters.push({ name: 'x', in: 'query', schema: {} }),
  ],
  [
    'a parameter has a higher maximum',
    (d) => {
      parameter(d, 'limit').schema.maximum = 200
    },
  ],
  ['a parameter has a new value', (d) => parameter(d, 'sort').schema.enum.push('oldest_first')],
  [
    'an optional field of a body is new',
    (d) => {
      createPost(d).properties.x = { type: 'string' }
    },
  ],
  [
    'a field of a body is optional',
    (d) => {
      createPost(d).required = ['title']
    },
  ],
  [
    'a field of a response is new',
    (d) => {
      post(d).properties.x = { type: 'string' }
      post(d).required.push('x')
    },
  ],
  [
    'a field of a response is never null any more',
    (d) => {
      post(d).properties.published_at.type = 'string'
    },
  ],
  [
    'a text of a response is never so long',
    (d) => {
      post(d).properties.title.maxLength = 100
    },
  ],
  ['a problem has a new code', (d) => schemas(d).ProblemCode.enum.push('posts.locked')],
  [
    'an error is new',
    (d) => {
      listPosts(d).responses['410'] = { description: '' }
    },
  ],
  [
    'a header of a response is new',
    (d) => {
      listPosts(d).responses['200'].headers['X-New'] = { schema: {} }
    },
  ],
  ['a guarded operation is open', (d) => d.paths['/users'].get.security.push({})],
]

describe('the comparison of two documents', () => {
  test('The comparison finds nothing between equal documents', () => {
    expect(compareDocuments(original(), original())).toEqual([])
  })

  test('The comparison ignores changed descriptions', () => {
    const changes = changesAfter((d) => {
      d.info.description = 'Others.'
      listPosts(d).summary = 'Others'
      post(d).properties.title.description = 'Others.'
      post(d).properties.title.example = 'Others'
    })
    expect(changes).toEqual([])
  })

  test.each(breaking)('The comparison reports a breaking change: %s', (_what, change) => {
    expect(changesAfter(change).map(({ kind }) => kind)).toContain('breaking')
  })

  test.each(harmless)('The comparison reports a compatible change: %s', (_what, change) => {
    const changes = changesAfter(change)
    expect(changes.length).toBeGreaterThan(0)
    expect(changes.filter(({ kind }) => kind === 'breaking')).toEqual([])
  })

  test('The comparison reports deprecations and their dates', () => {
    const changes = changesAfter((d) =>
      Object.assign(listPosts(d), { deprecated: true, 'x-sunset': '2027-06-01' }),
    )
    expect(changes).toEqual([
      { kind: 'deprecated', where: 'GET /posts', what: 'is deprecated, and goes on 2027-06-01' },
    ])
  })

  test('The comparison supports recursive schemas', () => {
    const within = (d: any) => {
      schemas(d).Author.properties.friend = { $ref: '#/components/schemas/Author' }
      return d
    }
    expect(compareDocuments(within(original()), within(original()))).toEqual([])
  })
})

test('The CHANGELOG names each change once, with its operations', () => {
  const changes = changesAfter((d) => {
    delete schemas(d).Comment.properties.author
    listPosts(d).parameters.push({ name: 'x', in: 'query', schema: {} })
  })
  expect(changelog('2.0.0', changes)).toBe(`## 2.0.0

### Breaking

- \`GET /posts/{id}/comments\`: \`items[].author\` is gone, in answers.
- \`PATCH /posts/{id}/comments/{comment_id}\`, \`POST /posts/{id}/comments\`: \`author\` is gone, in answers.

### Added and changed

- \`GET /posts\`: takes the query parameter \`x\`.
`)
})

test.each([
  ['1.4.2', '2.0.0', true],
  ['1.4.2', '1.5.0', false],
  ['1.4.2', '1.4.2', false],
  ['2.0.0', '1.9.0', false],
  ['0.1.0', '0.2.0', true],
  ['0.1.0', '0.1.1', false],
  ['0.1.0', '1.0.0', true],
])('From %s to %s breaking changes are allowed: %s', (before, after, isAllowed) => {
  expect(allowsBreaking(before, after)).toBe(isAllowed)
})
