import type { MiddlewareHandler } from 'hono'
import { type AnyProblem, ProblemError } from '../../../packages/client/src/index.ts'
import { clientOf } from '../own-client.ts'
import { textsIn } from '../texts/texts.ts'
import { languageOf } from './language-switch.ts'
import { cookieSession } from './session-cookies.ts'
import type { AppFetch, LostSession, Visit, WebEnv } from './web-env.ts'

/** Copies the app's context of the request for the pages. */
export const copyAppContext: MiddlewareHandler<WebEnv> = async (c, next) => {
  const { outer } = c.env
  c.set('deps', outer.get('deps'))
  c.set('requestId', outer.get('requestId'))
  c.set('headers', outer.get('headers'))
  await next()
}

/**
 * Finds the visitor's session. If it is over, its cookies are deleted, and `lost` has the reason.
 * @throws ProblemError
 */
export function withVisit(fetch: AppFetch): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    const language = languageOf(c)
    const session = cookieSession(c)
    const visit: Visit = {
      api: clientOf(c.env.outer, { fetch, language, session }),
      language,
      t: await textsIn(language, c.get('deps')),
    }
    c.set('visit', visit)
    if (session.get()) await readAccount(visit)
    await next()
  }
}

async function readAccount(visit: Visit): Promise<void> {
  const { data, error } = await visit.api.GET('/users/me')
  if (data) visit.user = data
  if (!error) return
  if (error.status !== 401) throw new ProblemError(error)
  visit.lost = lossReason(error)
  // Deletes the cookies; the API has just refused the session.
  await visit.api.logOut()
}

function lossReason({ code }: AnyProblem): LostSession {
  if (code === 'auth.refresh_expired' || code === 'auth.token_expired') return 'expired'
  return code === 'auth.session_revoked' || code === 'auth.refresh_reused' ? 'ended' : 'invalid'
}
