import { blindTo, changing, deafTo, isCall, type Planted, without } from './planting.ts'
import type { Fault, ProxyRequest } from './proxy.ts'

const one = /^\/posts\/\d+$/
const all = /^\/posts$/
const comments = /^\/posts\/\d+\/comments$/
const comment = /^\/posts\/\d+\/comments\/\d+$/

/** Faults in posts, comments, revisions and their lists. */
export const faultsOfPosts: Record<string, Planted> = {
  'no ETag on posts': {
    group: 'posts',
    found: /What can be changed carries a strong ETag/,
    during: /A new post has/,
    plant: without('etag', (_answer, request) => isCall(request, 'GET', one)),
  },
  'a weak ETag on restored posts': {
    group: 'revisions',
    found: /What can be changed carries a strong ETag/,
    during: /A revision brought back/,
    plant: () => ({
      answer: (answer, { path }) =>
        /restore$/.test(path) && answer.headers.etag
          ? { ...answer, headers: { ...answer.headers, etag: `W/${answer.headers.etag}` } }
          : answer,
    }),
  },
  'an If-None-Match that is ignored': {
    group: 'conditions',
    found: /What has not changed is 304/,
    plant: deafTo('if-none-match'),
  },
  'an If-Match that is ignored': {
    group: 'conditions',
    found: /If-Match lets a post be changed and deleted/,
    plant: deafTo('if-match'),
  },
  'an If-Match that is ignored for comments': {
    group: 'conditions',
    found: /If-Match protects comments/,
    plant: () => ({
      request: (request) =>
        isCall(request, 'DELETE', comment)
          ? { ...request, headers: { ...request.headers, 'if-match': '*' } }
          : request,
    }),
  },
  'an Idempotency-Key that is ignored': {
    group: 'conditions',
    found: /An Idempotency-Key makes creating posts safe to repeat/,
    plant: deafTo('idempotency-key'),
  },
  'an Idempotency-Key that is ignored for comments': {
    group: 'conditions',
    found: /An Idempotency-Key makes creating comments safe to repeat/,
    plant: () => ({
      request: ({ headers: { 'idempotency-key': key, ...headers }, ...request }) => ({
        ...request,
        headers:
          key !== undefined && !isCall(request as ProxyRequest, 'POST', comments)
            ? { ...headers, 'idempotency-key': key }
            : headers,
      }),
    }),
  },
  'a replay that does not say so': {
    group: 'conditions',
    found: /An Idempotency-Key makes creating/,
    plant: without('idempotency-replayed'),
  },
  'a created post answered with 200': {
    group: 'posts',
    found: /Every success has the status and the media type/,
    during: /A new post has/,
    plant: () => ({ answer: (answer) => (answer.status === 201 ? { ...answer, status: 200 } : answer) }),
  },
  'a Location that leads elsewhere': {
    group: 'comments',
    found: /A new comment has what was sent/,
    plant: () => ({
      answer: (answer, request) =>
        isCall(request, 'POST', comments)
          ? { ...answer, headers: { ...answer.headers, location: '/comments/1' } }
          : answer,
    }),
  },
  'an undeclared field in comments': {
    group: 'comments',
    found: /Every answer of createComment is as the document declares it/,
    during: /A new comment has/,
    plant: changing('POST', comments, (json) => ({ ...json, ip: '127.0.0.1' })),
  },
  'a time of another zone': {
    group: 'comments',
    found: /A new comment has what was sent/,
    plant: changing('POST', comments, (json) => ({
      ...json,
      created_at: new Date(Date.parse(json.created_at) + 9 * 3_600_000).toISOString(),
    })),
  },
  'a time without milliseconds': {
    group: 'revisions',
    found: /Every time is written in RFC 3339/,
    during: /Every change keeps/,
    plant: changing('GET', /revisions\/\d+$/, (json) => ({
      ...json,
      written_at: json.written_at.replace(/\.\d+/, ''),
    })),
  },
  'comments that are not counted': {
    group: 'comments',
    found: /counted on the post/,
    plant: changing('GET', one, (json) => ({ ...json, comment_count: 0 })),
  },
  'comments that anybody may change': {
    group: 'comments',
    found: /A comment is changed by who wrote it/,
    plant: asAuthor('PATCH', comment),
  },
  'posts that anybody may delete': {
    group: 'privacy',
    found: /A post of somebody else can be read, but not/,
    plant: asAuthor('DELETE', one),
  },
  'drafts that others read by id': {
    group: 'privacy',
    found: /A draft does not exist for others, by id/,
    plant: asAuthor('GET', one),
  },
  'revisions that others read': {
    group: 'privacy',
    found: /A post of somebody else|revisions of a draft/,
    plant: asAuthor('GET', /^\/posts\/\d+\/revisions\/\d+$/),
  },
  'drafts that a search finds': {
    group: 'privacy',
    found: /No list and no search shows a draft/,
    plant: draftsInSearch,
  },
  'an author that can be sent': {
    group: 'privacy',
    found: /author of a post is whose token it is, and cannot be sent/,
    plant: () => ({
      request: (request) => {
        if (!isCall(request, 'POST', all) || !request.body.includes('"author_id"')) return request
        const { author_id: _, ...json } = JSON.parse(request.body)
        return { ...request, body: JSON.stringify(json) }
      },
    }),
  },
  'text that is not normalised': {
    group: 'posts',
    found: /Text is stored NFC-normalised/,
    plant: changing('POST', all, (json, { body }) => ({ ...json, title: JSON.parse(body).title })),
  },
  'a change that loses the tags': {
    group: 'posts',
    found: /A change touches what was sent, and nothing else/,
    plant: () => ({
      request: (request) =>
        isCall(request, 'PATCH', one) && /^\{"title":"New"\}$/.test(request.body)
          ? { ...request, body: '{"title":"New","tags":[]}' }
          : request,
    }),
  },
  'a time of change that stands still': {
    group: 'posts',
    found: /A change touches what was sent, and nothing else/,
    plant: changing('PATCH', one, (json) => ({ ...json, updated_at: json.created_at })),
  },
  'a revision by nobody': {
    group: 'revisions',
    found: /Every change keeps what was before/,
    plant: changing('GET', /revisions$/, (page) => ({
      ...page,
      items: page.items.map((item: object) => ({ ...item, replaced_by: null })),
    })),
  },
  'a restored revision without its tags': {
    group: 'revisions',
    found: /A revision brought back/,
    plant: changing('POST', /restore$/, (json) => ({ ...json, tags: [] })),
  },
  'fields that are not picked': {
    group: 'posts',
    found: /Fewer fields are given when asked for/,
    plant: deafTo('x-fields'),
  },
  'a list that leaves the last one out': {
    group: 'lists',
    found: /The list of posts, newest first comes whole/,
    plant: changing('GET', all, (page) => ({ ...page, items: page.items.slice(0, -1) })),
  },
  'a list of comments with one twice': {
    group: 'lists',
    found: /The list of comments comes whole/,
    plant: changing('GET', comments, (page) => ({
      ...page,
      items: [...page.items, ...page.items.slice(-1)],
    })),
  },
  'an order that is ignored': {
    group: 'lists',
    found: /The list of posts, oldest first comes whole/,
    plant: blindTo('sort', all),
  },
  'a limit that is ignored': {
    group: 'lists',
    found: /The list of users comes whole/,
    plant: blindTo('limit', /^\/users$/),
  },
  'cursors that are good for any filter': {
    group: 'lists',
    found: /The list of posts, newest first refuses cursors/,
    plant: cursorsForAll,
  },
  'a Link to the first page': {
    group: 'lists',
    found: /Every page of a list has items, next_cursor/,
    during: /The list of posts has 20/,
    plant: () => ({
      answer: (answer, { path }) =>
        path.startsWith('/posts?') && answer.headers.link
          ? { ...answer, headers: { ...answer.headers, link: `<${path}>; rel="next"` } }
          : answer,
    }),
  },
  'tags that are ignored': { group: 'search', found: /Tags narrow a list down/, plant: blindTo('tag', all) },
  'words that are found in one script only': {
    group: 'search',
    found: /Words are found in English, Korean/,
    plant: () => ({
      request: (request) =>
        isCall(request, 'GET', all)
          ? { ...request, path: request.path.replace(/q=%ED[^&]*/, 'q=nothing') }
          : request,
    }),
  },
  'a time limit that is ignored': {
    group: 'search',
    found: /Times of creation narrow a list down/,
    plant: blindTo('created_before', all),
  },
  'a search that fails on a quotation mark': {
    group: 'search',
    found: /No query is a failure/,
    plant: () => ({
      answer: (answer, { path }) =>
        /q=%22&/.test(path) ? { ...answer, status: 500, body: answer.body } : answer,
    }),
  },
}

/** Lets a call be made by the author of the post or comment, whoever makes it. */
function asAuthor(method: string, path: RegExp): () => Fault {
  return () => {
    const authors = new Map<string, string>()
    return {
      request: (request: ProxyRequest) => {
        const id = /^\/posts\/\d+(?:\/comments\/\d+)?/.exec(request.path)?.[0] ?? ''
        const authorization = isCall(request, method, path) ? authors.get(id) : undefined
        return authorization && request.headers.authorization
          ? { ...request, headers: { ...request.headers, authorization } }
          : request
      },
      answer: (answer, { headers }) => {
        if (answer.status === 201 && answer.headers.location)
          authors.set(String(answer.headers.location), headers.authorization ?? '')
        return answer
      },
    }
  }
}

/** Adds the drafts of everybody to what a search finds. */
function draftsInSearch(): Fault {
  const drafts: any[] = []
  return {
    answer: (answer, request) => {
      if (isCall(request, 'POST', all) && answer.status === 201) {
        const { body, ...post } = JSON.parse(answer.body)
        if (post.status === 'draft') drafts.push({ ...post, excerpt: body })
      }
      const q = new URLSearchParams(request.path.split('?')[1]).get('q')
      if (!isCall(request, 'GET', all) || !q || answer.status !== 200) return answer
      const page = JSON.parse(answer.body)
      const hits = drafts.filter(({ title }) => title.includes(q))
      return { ...answer, body: JSON.stringify({ ...page, items: [...page.items, ...hits] }) }
    },
  }
}

/** Takes each cursor for the list that it was made for, wherever it is sent to. */
function cursorsForAll(): Fault {
  const madeFor = new Map<string, string>()
  return {
    request: (request) => {
      const cursor = new URLSearchParams(request.path.split('?')[1]).get('cursor')
      const path = cursor ? madeFor.get(cursor) : undefined
      return path && cursor ? { ...request, path: `${path}&cursor=${encodeURIComponent(cursor)}` } : request
    },
    answer: (answer, { path }) => {
      const cursor =
        answer.status === 200 && path.startsWith('/posts?') ? JSON.parse(answer.body).next_cursor : undefined
      if (cursor) madeFor.set(cursor, path.replace(/&cursor=[^&]*/, ''))
      return answer
    },
  }
}
