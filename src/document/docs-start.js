/**
 * The script of /docs. Authorize with username and password logs in: the page gets a token, sends it with later
 * requests, and refreshes it. The session lasts as long as the page is open.
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

// credentials: 'omit' keeps the browser from showing its own password dialog.
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
    // Swagger UI sends the example body. With Basic credentials, the log-in accepts no body.
    delete request.body
    delete request.headers['Content-Type']
  }
  if (searchParams.get('carrier') !== 'cookie') request.credentials = 'omit'
  return request
}

function afterResponse(response) {
  // A log-in or registration through an operation of the page also counts.
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
