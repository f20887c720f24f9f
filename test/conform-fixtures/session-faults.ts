import { changing, isCall, type Planted, without } from './planting.ts'
import type { Fault, ProxyRequest } from './proxy.ts'

const logIn = /^\/auth\/token$/
const profile = /^\/users\/[0-9a-f-]{36}$/

/** Faults in logging in, tokens, sessions and guards. */
export const faultsOfSessions: Record<string, Planted> = {
  'an operation without its guard': {
    group: 'guards',
    found: /\(listComments\) refuses missing, malformed, forged/,
    plant: letIn(/^\/posts\/\d+\/comments$/, () => true),
  },
  'unsigned tokens that are taken': {
    group: 'guards',
    found: /\(readMe\) refuses missing, malformed, forged/,
    plant: letIn(/^\/users\/me$/, ({ headers }) => /\.$/.test(headers.authorization ?? '')),
  },
  'a signature that is not looked at': {
    group: 'guards',
    found: /\(deletePost\) refuses missing, malformed, forged/,
    plant: letIn(/^\/posts\/\d+$/, ({ headers }) => (headers.authorization ?? '').split('.').length === 3),
  },
  'a guard after the body': {
    group: 'guards',
    found: /\(updateUser\) refuses missing, malformed, forged/,
    plant: letIn(profile, ({ body, method }) => method === 'PATCH' && body === '{'),
  },
  'a 401 without WWW-Authenticate': {
    group: 'guards',
    found: /Every 401 carries WWW-Authenticate/,
    during: /\(listAuditEvents\) refuses/,
    plant: without('www-authenticate', (_answer, { path }) => path.startsWith('/audit-events')),
  },
  'a carrier that is not known': {
    group: 'guards',
    found: /\(whoAmI\) takes a token in each of the headers/,
    plant: () => ({
      request: ({ headers: { 'x-access-token': _, ...headers }, ...request }) => ({ ...request, headers }),
    }),
  },
  'an operation for admins that is open to all': {
    group: 'guards',
    found: /\(endUserSessions\) is for admins alone/,
    plant: () => ({
      answer: (answer, { path, method }) =>
        method === 'DELETE' && /^\/users\/.*\/sessions$/.test(path) && answer.status === 403
          ? { ...answer, status: 204, body: '' }
          : answer,
    }),
  },
  'two credentials of which one is taken': {
    group: 'guards',
    found: /Two credentials in one request are refused/,
    plant: () => ({
      request: (request) => {
        const { 'x-access-token': second, ...headers } = request.headers
        return second && headers.authorization ? { ...request, headers } : request
      },
    }),
  },
  'unknown users that are told apart': {
    group: 'accounts',
    found: /Unknown users and wrong passwords are answered alike/,
    plant: unknownUsers((answer) => ({
      ...answer,
      status: 404,
      body: answer.body.replace('"status":401', '"status":404'),
    })),
  },
  'unknown users that are told apart by a word': {
    group: 'accounts',
    found: /Unknown users and wrong passwords are answered alike/,
    plant: unknownUsers((answer) => ({
      ...answer,
      body: answer.body.replace('There is no account', 'Nobody has an account'),
    })),
  },
  'a token life that is not that of the token': {
    group: 'accounts',
    found: /The access token says who/,
    plant: changing('POST', /^\/users$/, (json) => ({ ...json, expires_in: 3600 })),
  },
  'a role of one’s own choice': {
    group: 'accounts',
    found: /Nobody can give themselves a role/,
    plant: () => ({
      request: (request) =>
        isCall(request, 'PATCH', /^\/users\/me$/) && request.body.includes('"role"')
          ? { ...request, body: '{}' }
          : request,
    }),
  },
  'refresh tokens that are not replaced': {
    group: 'sessions',
    found: /Refreshing gives new tokens of the same session/,
    plant: changing('POST', /^\/auth\/refresh$/, (json, { body }) => ({
      ...json,
      refresh_token: JSON.parse(body).refresh_token,
    })),
  },
  'theft that nobody notices': {
    group: 'sessions',
    found: /A replaced refresh token sent again after the grace of 10 s is theft/,
    isSlow: true,
    plant: toleratedReuse,
  },
  'logging out that ends nothing': {
    group: 'sessions',
    found: /Logging out ends the session on the very next request/,
    plant: () => ({
      request: (request, send) =>
        isCall(request, 'POST', /^\/auth\/logout$/)
          ? send({ ...request, method: 'GET', path: '/users/me' }).then(emptied)
          : request,
    }),
  },
  'a session that somebody else ends': {
    group: 'sessions',
    found: /One session can be ended, but none of somebody else/,
    plant: () => ({
      answer: (answer, request) =>
        isCall(request, 'DELETE', /^\/auth\/sessions\/./) && answer.status === 404 ? emptied(answer) : answer,
    }),
  },
  'sessions of which none is current': {
    group: 'sessions',
    found: /The list of sessions shows device/,
    plant: changing('GET', /^\/auth\/sessions$/, (page) => ({
      ...page,
      items: page.items.map((item: object) => ({ ...item, current: false })),
    })),
  },
  'cookies that other sites may use': {
    group: 'cookies',
    found: /A cookie lets one read, and write with proof/,
    plant: () => ({
      request: (request) =>
        request.headers.cookie
          ? { ...request, headers: { ...request.headers, 'sec-fetch-site': 'same-origin' } }
          : request,
    }),
  },
  'cookies that scripts can read': {
    group: 'cookies',
    found: /Every cookie is HttpOnly/,
    during: /Cookies are set when asked/,
    plant: () => ({
      answer: (answer) => {
        const cookies = answer.headers['set-cookie']
        if (!Array.isArray(cookies)) return answer
        return {
          ...answer,
          headers: { ...answer.headers, 'set-cookie': cookies.map((line) => line.replace('; HttpOnly', '')) },
        }
      },
    }),
  },
  'a limit that does not count': {
    group: 'limits',
    found: /A failed log-in leaves one try fewer/,
    plant: () => ({
      answer: (answer, request) =>
        isCall(request, 'POST', logIn)
          ? {
              ...answer,
              headers: {
                ...answer.headers,
                'ratelimit-policy': '"login";q=10;w=900',
                ratelimit: '"login";r=10;t=900',
              },
            }
          : answer,
    }),
  },
}

const emptied = (answer: any) => {
  const { 'content-type': _, etag: __, ...headers } = answer.headers
  return { status: 204, headers, body: '' }
}

/** Lets calls in that have no good token, with that of whoever came last with one. */
function letIn(path: RegExp, isMeant: (request: ProxyRequest) => boolean): () => Fault {
  return () => {
    let good = ''
    return {
      request: (request) => {
        if (!isCall(request, request.method, path) || !isMeant(request)) return request
        return { ...request, headers: { ...request.headers, authorization: good } }
      },
      answer: (answer) => {
        if (answer.status === 201 && answer.body.includes('"access_token"'))
          good = JSON.parse(answer.body).access_token
        return answer
      },
    }
  }
}

/** Changes the refusal of names that nobody has. */
function unknownUsers(change: (answer: any) => any): () => Fault {
  return () => {
    const known = new Set<string>()
    return {
      answer: (answer, request) => {
        if (isCall(request, 'POST', /^\/users$/) && answer.status === 201) {
          const { username, email } = JSON.parse(answer.body).user
          known.add(username).add(email)
        }
        if (!isCall(request, 'POST', logIn) || answer.status !== 401 || request.body === '') return answer
        return known.has(JSON.parse(request.body).username.toLowerCase()) ? answer : change(answer)
      },
    }
  }
}

/** Gives whoever comes with a replaced refresh token what its session has now. */
function toleratedReuse(): Fault {
  const current = new Map<string, string>()
  const sessionOf = (token: string) => token.split('.')[0] ?? ''
  return {
    request: (request) => {
      if (!isCall(request, 'POST', /^\/auth\/refresh$/) || request.body === '') return request
      const { refresh_token: token } = JSON.parse(request.body)
      const now = current.get(sessionOf(String(token)))
      return now ? { ...request, body: JSON.stringify({ refresh_token: now }) } : request
    },
    answer: (answer, request) => {
      if (isCall(request, 'POST', /./) && answer.status < 300 && answer.body.includes('"refresh_token"')) {
        const { refresh_token: token } = JSON.parse(answer.body)
        current.set(sessionOf(token), token)
      }
      return answer
    },
  }
}
