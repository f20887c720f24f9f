/**
 * The script of /docs. Whoever types username and password into Authorize is logged in: the page gets a token, sends
 * it with what follows, and exchanges it when it expires. It lives as long as the page does.
 */
let session

function keep({ access_token: access, refresh_token: refresh, expires_in: seconds }) {
  session = { access, refresh, endsAt: Date.now() + seconds * 1000 }
  window.ui.preauthorizeApiKey('accessToken', access)
}

function basic({ username = '', password = '' }) {
  const bytes = new TextEncoder().encode(`${username}:${password}`)
  return `Basic ${btoa(String.fromCharCode(...bytes))}`
}

// Without credentials the browser never asks for a password in a window of its own.
async function post(path, headers, body) {
  const response = await fetch(path, { method: 'POST', credentials: 'omit', headers, body })
  return { ok: response.ok, answer: await response.json() }
}

async function refreshed() {
  const body = JSON.stringify({ refresh_token: session.refresh })
  const { ok, answer } = await post('/auth/refresh', { 'Content-Type': 'application/json' }, body)
  if (ok) keep(answer)
  return ok
}

async function beforeRequest(request) {
  const { pathname, searchParams } = new URL(request.url, location.href)
  const authorization = request.headers.Authorization ?? ''
  if (session && authorization === session.access && session.endsAt < Date.now() + 5000) {
    if (await refreshed()) request.headers.Authorization = session.access
  }
  if (pathname !== '/auth/token') return request
  if (/^Basic /.test(authorization)) {
    // Swagger UI fills in the example of a body: with Basic credentials, the log-in takes none.
    delete request.body
    delete request.headers['Content-Type']
  }
  if (searchParams.get('carrier') !== 'cookie') request.credentials = 'omit'
  return request
}

function afterResponse(response) {
  // Whoever logs in or registers as an operation is logged in as well.
  const { access_token: access, expires_in: seconds } = response.body ?? {}
  if (response.ok && access && seconds && access !== session?.access) keep(response.body)
  return response
}

const logIn = {
  statePlugins: {
    auth: {
      wrapActions: {
        authorize:
          (authorize, { errActions }) =>
          async (given) => {
            if (!given.basic) return authorize(given)
            errActions.clear({ authId: 'basic' })
            const { ok, answer } = await post('/auth/token', { Authorization: basic(given.basic.value) })
            if (!ok) {
              errActions.newAuthErr({
                authId: 'basic',
                level: 'error',
                source: 'auth',
                message: answer.title,
              })
              return
            }
            authorize(given)
            keep(answer)
          },
        logout: (logout) => (names) => {
          const all = names.includes('basic') ? [...names, 'accessToken'] : names
          if (all.includes('accessToken')) session = undefined
          return logout(all)
        },
      },
    },
  },
}

window.ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  plugins: [logIn],
  requestInterceptor: beforeRequest,
  responseInterceptor: afterResponse,
})
