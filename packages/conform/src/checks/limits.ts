import { check, type Group, skip } from '../check.ts'
import type { Answer } from '../exchange.ts'
import { hasHeader, hasStatus, holds, isProblem } from '../expect.ts'
import { newPassword } from '../people.ts'

const policyPattern = /^"[a-z-]+";q=\d+;w=\d+(, "[a-z-]+";q=\d+;w=\d+)*$/
const remainingPattern = /^"[a-z-]+";r=\d+;t=\d+(, "[a-z-]+";r=\d+;t=\d+)*$/

/** Name and quota of each policy of an answer. */
function policiesOf({ headers }: Answer): Map<string, number> {
  const found = [...(headers.get('ratelimit-policy') ?? '').matchAll(/"([a-z-]+)";q=(\d+)/g)]
  return new Map(found.map(([, name = '', quota]) => [name, Number(quota)]))
}

const leftOf = ({ headers }: Answer, name: string) =>
  Number(new RegExp(`"${name}";r=(\\d+)`).exec(headers.get('ratelimit') ?? '')?.[1])

export const limits: Group = {
  name: 'limits',
  about: 'limits on log-ins, registrations and refreshes',
  checks: [
    check(
      'RateLimit and RateLimit-Policy say what is left of each limit, unless limits are off',
      'limits',
      async (kit) => {
        const lim = await kit.person('lim')
        const { username, password } = lim
        const logIn = hasStatus(await kit.post('/auth/token', { json: { username, password } }), 200)
        if (!logIn.headers.has('ratelimit-policy')) skip('limits are off on this server (RATE_LIMIT=off)')
        const refreshed = await kit.post('/auth/refresh', {
          json: { refresh_token: logIn.json.refresh_token },
        })
        for (const answer of [logIn, refreshed]) {
          hasHeader(hasHeader(answer, 'ratelimit-policy', policyPattern), 'ratelimit', remainingPattern)
          for (const [name, quota] of policiesOf(answer)) {
            const left = leftOf(answer, name)
            holds(Number.isNaN(left) || left <= quota, `at most ${quota} left of "${name}"`, left, answer)
          }
        }
      },
    ),
    check('A failed log-in leaves one try fewer, and a good one gives them back', 'limits', async (kit) => {
      const lim = await kit.person('lim')
      const { username } = lim
      const logIn = (password: string) => kit.post('/auth/token', { json: { username, password } })
      const first = isProblem(await logIn(newPassword()), 401, 'auth.bad_credentials')
      if (!first.headers.has('ratelimit-policy')) skip('limits are off on this server (RATE_LIMIT=off)')
      const second = isProblem(await logIn(newPassword()), 401, 'auth.bad_credentials')
      holds(
        leftOf(second, 'login') === leftOf(first, 'login') - 1,
        `${leftOf(first, 'login') - 1} left`,
        leftOf(second, 'login'),
        second,
      )
      const good = hasStatus(await logIn(lim.password), 200)
      holds(
        leftOf(good, 'login') === policiesOf(good).get('login'),
        'all tries back',
        leftOf(good, 'login'),
        good,
      )
    }),
    check(
      'After too many failed log-ins the password is not looked at, not even the right one (--limits)',
      'limits',
      async (kit) => {
        if (!kit.hasLimits) skip('it uses up log-ins of this address: ask for it with --limits')
        const { username, password } = await kit.person('bar')
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
