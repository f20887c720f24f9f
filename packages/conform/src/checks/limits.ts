import { check, type Group, skip } from '../check.ts'
import type { ReceivedResponse } from '../exchange.ts'
import { assert, hasHeader, hasStatus, isProblem } from '../expect.ts'
import { newPassword } from '../personas.ts'

const policyPattern = /^"[a-z-]+";q=\d+;w=\d+(, "[a-z-]+";q=\d+;w=\d+)*$/
const remainingPattern = /^"[a-z-]+";r=\d+;t=\d+(, "[a-z-]+";r=\d+;t=\d+)*$/

/** Name and quota of each policy in a response. */
function policiesOf({ headers }: ReceivedResponse): Map<string, number> {
  const found = [...(headers.get('ratelimit-policy') ?? '').matchAll(/"([a-z-]+)";q=(\d+)/g)]
  return new Map(found.map(([, name = '', quota]) => [name, Number(quota)]))
}

const leftOf = ({ headers }: ReceivedResponse, name: string) =>
  Number(new RegExp(`"${name}";r=(\\d+)`).exec(headers.get('ratelimit') ?? '')?.[1])

export const limits: Group = {
  name: 'limits',
  about: 'limits on log-ins, registrations and refreshes',
  checks: [
    check(
      'RateLimit and RateLimit-Policy show what is left of each limit, unless limits are off',
      'limits',
      async (kit) => {
        const lim = await kit.persona('lim')
        const { username, password } = lim
        const logIn = hasStatus(await kit.post('/auth/token', { json: { username, password } }), 200)
        if (!logIn.headers.has('ratelimit-policy')) skip('limits are off on this server (RATE_LIMIT=off)')
        const refreshed = await kit.post('/auth/refresh', {
          json: { refresh_token: logIn.json.refresh_token },
        })
        for (const response of [logIn, refreshed]) {
          hasHeader(hasHeader(response, 'ratelimit-policy', policyPattern), 'ratelimit', remainingPattern)
          for (const [name, quota] of policiesOf(response)) {
            const left = leftOf(response, name)
            assert(Number.isNaN(left) || left <= quota, `at most ${quota} left of "${name}"`, left, response)
          }
        }
      },
    ),
    check(
      'A failed log-in uses up an attempt, and a successful one gives the attempts back',
      'limits',
      async (kit) => {
        const lim = await kit.persona('lim')
        const { username } = lim
        const logIn = (password: string) => kit.post('/auth/token', { json: { username, password } })
        const first = isProblem(await logIn(newPassword()), 401, 'auth.bad_credentials')
        if (!first.headers.has('ratelimit-policy')) skip('limits are off on this server (RATE_LIMIT=off)')
        const second = isProblem(await logIn(newPassword()), 401, 'auth.bad_credentials')
        assert(
          leftOf(second, 'login') === leftOf(first, 'login') - 1,
          `${leftOf(first, 'login') - 1} left`,
          leftOf(second, 'login'),
          second,
        )
        const good = hasStatus(await logIn(lim.password), 200)
        assert(
          leftOf(good, 'login') === policiesOf(good).get('login'),
          'all tries back',
          leftOf(good, 'login'),
          good,
        )
      },
    ),
    check(
      'After too many failed log-ins no password is checked, not even the right one (--limits)',
      'limits',
      async (kit) => {
        if (!kit.hasLimits) skip('it uses up log-ins of this address: ask for it with --limits')
        const { username, password } = await kit.persona('bar')
        const logIn = (guess: string) => kit.post('/auth/token', { json: { username, password: guess } })
        const first = await logIn(newPassword())
        if (!first.headers.has('ratelimit-policy')) skip('limits are off on this server (RATE_LIMIT=off)')
        const quota = policiesOf(first).get('login') ?? 0
        if (quota > 50) skip(`${quota} failed log-ins are allowed here: too many to try`)
        for (let n = 1; n < quota; n++) isProblem(await logIn(newPassword()), 401, 'auth.bad_credentials')
        for (const guess of [newPassword(), password]) {
          const refused = isProblem(await logIn(guess), 429, 'auth.too_many_attempts')
          hasHeader(refused, 'retry-after', /^[1-9]\d*$/)
        }
      },
    ),
  ],
}
