import { blindTo, changing, deafTo, isCall, type Planted, without } from './planting.ts'
import { faultsOfPosts } from './post-faults.ts'
import type { ProxyAnswer } from './proxy.ts'
import { faultsOfSessions } from './session-faults.ts'

const problem = (answer: ProxyAnswer) => answer.status >= 400
const profile = /^\/users\/[0-9a-f-]{36}$/

const general: Record<string, Planted> = {
  'a hash in a profile': {
    group: 'accounts',
    found: /No answer gives away a password, a hash/,
    during: /A profile shows/,
    plant: changing('GET', profile, (user) => ({ ...user, credentials: '$2b$04$abcdefghijklmnopqrstuv' })),
  },
  'an undeclared field in a profile': {
    group: 'accounts',
    found: /A profile shows name, role and age/,
    plant: changing('GET', profile, (user) => ({ ...user, last_seen: 'today' })),
  },
  'an e-mail address that others see': {
    group: 'accounts',
    found: /Nobody but admins sees the e-mail address/,
    during: /A profile shows/,
    plant: changing('GET', profile, (user) => ({ ...user, email: `${user.username}@conform.example.com` })),
  },
  'problems of the wrong media type': {
    group: 'conventions',
    found: /Every error is a problem with the fields of RFC 9457/,
    during: /Problems carry the request id/,
    plant: () => ({
      answer: (answer) =>
        problem(answer)
          ? { ...answer, headers: { ...answer.headers, 'content-type': 'application/json' } }
          : answer,
    }),
  },
  'a request id that is not echoed': {
    group: 'conventions',
    found: /sane X-Request-Id is kept/,
    plant: deafTo('x-request-id'),
  },
  'a missing security header on errors': {
    group: 'conventions',
    found: /Every answer carries the security headers/,
    during: /An address that nothing answers/,
    plant: without('content-security-policy', problem),
  },
  'a 405 without Allow': {
    group: 'conventions',
    found: /Every 405|every 405|wrong method is 405/,
    during: /wrong method is 405/,
    plant: without('allow', ({ status }) => status === 405),
  },
  'a 404 for a wrong method': {
    group: 'conventions',
    found: /wrong method is 405/,
    plant: () => ({
      request: (request) =>
        isCall(request, 'DELETE', /^\/posts$/) || isCall(request, 'PUT', /./)
          ? { ...request, path: '/nowhere' }
          : request,
    }),
  },
  'HEAD that is not known': {
    group: 'conventions',
    found: /HEAD is answered wherever GET is/,
    plant: () => ({
      request: (request) =>
        request.method === 'HEAD' && request.path === '/users/me/posts'
          ? { ...request, path: '/nowhere' }
          : request,
    }),
  },
  'HEAD with a body': {
    group: 'conventions',
    found: /Nothing follows the headers of an answer to HEAD/,
    plant: () => ({ isRaw: true }),
  },
  'an answer to the pages of all origins': {
    group: 'conventions',
    found: /origins? may neither read|opens itself to the pages of all origins/,
    during: /Pages of other origins/,
    plant: () => ({
      answer: (answer) => ({ ...answer, headers: { ...answer.headers, 'access-control-allow-origin': '*' } }),
    }),
  },
  'a 500 for NUL in a comment': {
    group: 'conventions',
    found: /Nothing that a client sends is answered with a 500/,
    during: /\(createComment\) refuses missing/,
    plant: () => ({
      answer: (answer, request) =>
        /comments/.test(request.path) && request.body.includes('\\u0000')
          ? { ...answer, status: 500, body: answer.body.replace('422', '500') }
          : answer,
    }),
  },
  'unknown fields that are taken in one operation': {
    group: 'conventions',
    found: /PATCH \/users\/me \(updateMe\) refuses unknown fields/,
    plant: () => ({
      request: (request) => {
        if (!isCall(request, 'PATCH', /^\/users\/me$/) || !request.body.includes('"role"')) return request
        return { ...request, body: '{}' }
      },
    }),
  },
  'a wrong pointer': {
    group: 'conventions',
    found: /POST \/posts \(createPost\) refuses missing, null and wrong values/,
    plant: () => ({
      answer: (answer, request) =>
        isCall(request, 'POST', /^\/posts$/)
          ? { ...answer, body: answer.body.replace('"pointer":"/title"', '"pointer":"title"') }
          : answer,
    }),
  },
  'ids that are rounded': {
    group: 'conventions',
    found: /DELETE \/posts\/\{id\} \(deletePost\) refuses what is no id/,
    plant: () => ({
      request: (request) =>
        isCall(request, 'DELETE', /^\/posts\/1e3$/)
          ? { ...request, path: '/posts/9007199254740991' }
          : request,
    }),
  },
  'an operation that is missing in the document': {
    group: 'service',
    found: /document lists every operation/,
    plant: changing('GET', /^\/openapi\.json$/, (document) => {
      delete document.paths['/posts/{id}'].delete
    }),
  },
  'a document that is wrong together with its answers': {
    group: 'comments',
    found: /A new comment has what was sent/,
    plant: () => ({
      answer: (answer, request) => {
        if (request.path === '/openapi.json')
          return { ...answer, body: answer.body.replaceAll('"post_id"', '"postId"') }
        return /comments/.test(request.path)
          ? { ...answer, body: answer.body.replaceAll('"post_id"', '"postId"') }
          : answer
      },
    }),
  },
  'a problem that is not explained': {
    group: 'service',
    found: /Every problem that the document names is explained/,
    plant: () => ({
      request: (request) =>
        request.path === '/problems/users.last_admin' ? { ...request, path: '/problems/nothing' } : request,
    }),
  },
  'a page that loads from elsewhere': {
    group: 'service',
    found: /pages load everything from this server/,
    plant: () => ({
      answer: (answer, { path }) =>
        path === '/docs'
          ? { ...answer, body: answer.body.replace('/docs/start.js', 'https://cdn.example/start.js') }
          : answer,
    }),
  },
  'a role filter that is ignored': {
    group: 'lists',
    found: /Users are found by a part of the name/,
    plant: blindTo('role', /^\/users$/),
  },
  'audit events in the wrong order': {
    group: 'admins',
    found: /Audit events tell what happened/,
    plant: changing('GET', /^\/audit-events$/, (page) => ({ ...page, items: page.items.toReversed() })),
  },
  'an audit event without who did it': {
    group: 'admins',
    found: /Audit events tell what happened/,
    plant: changing('GET', /^\/audit-events$/, (page) => ({
      ...page,
      items: page.items.map((item: object) => ({ ...item, actor_id: null })),
    })),
  },
}

/** Faults by what is wrong. */
export const faults: Record<string, Planted> = { ...general, ...faultsOfPosts, ...faultsOfSessions }
