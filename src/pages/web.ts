import { Hono } from 'hono'
import { unknownRoute } from '../api/unknown-route.ts'
import { assetRoutes } from './parts/assets.ts'
import { clientPageRoutes } from './parts/client-page.ts'
import { sameOriginForms } from './parts/form.ts'
import { languageRoutes } from './parts/language-switch.ts'
import { copyAppContext, withVisit } from './parts/visit.ts'
import type { AppFetch, WebEnv } from './parts/web-env.ts'
import { accountRoutes } from './routes/account.ts'
import { accountTokensRoutes } from './routes/account-tokens.ts'
import { adminEventsRoutes } from './routes/admin-events.ts'
import { adminUsersRoutes } from './routes/admin-users.ts'
import { commentsRoutes } from './routes/comments.ts'
import { draftsRoutes } from './routes/drafts.ts'
import { editRoutes } from './routes/edit.ts'
import { logInRoutes } from './routes/log-in.ts'
import { postRoutes } from './routes/post.ts'
import { postListRoutes } from './routes/post-list.ts'
import { failedAt, onWebError } from './routes/problem-page.ts'
import { registerRoutes } from './routes/register.ts'
import { removeRoutes } from './routes/remove.ts'
import { revisionsRoutes } from './routes/revisions.ts'
import { sessionsRoutes } from './routes/sessions.ts'
import { writeRoutes } from './routes/write.ts'

/** All pages, for the app behind this `fetch`. */
function createWeb(fetch: AppFetch) {
  const web = new Hono<WebEnv>()
  web.use(copyAppContext)
  web.route('/', assetRoutes) // no visit: they are the same for everyone
  web.use(sameOriginForms)
  web.use(withVisit(fetch))

  web.route('/', postListRoutes)
  web.route('/', postRoutes)
  web.route('/', commentsRoutes)
  web.route('/', writeRoutes)
  web.route('/', editRoutes)
  web.route('/', removeRoutes)
  web.route('/', revisionsRoutes)
  web.route('/', draftsRoutes)
  web.route('/', logInRoutes)
  web.route('/', registerRoutes)
  web.route('/', languageRoutes)
  web.route('/', accountRoutes)
  web.route('/', sessionsRoutes)
  web.route('/', accountTokensRoutes)
  web.route('/', adminUsersRoutes)
  web.route('/', adminEventsRoutes)
  web.route('/', clientPageRoutes)

  web.onError(onWebError)
  const unknown = unknownRoute(web.routes)
  web.notFound(async (c) => failedAt(c, await unknown(c as never)))
  return web
}

const known = new WeakMap<AppFetch, ReturnType<typeof createWeb>>()

/** The pages of this app; created once. */
export function webOf(fetch: AppFetch): ReturnType<typeof createWeb> {
  const web = known.get(fetch) ?? createWeb(fetch)
  known.set(fetch, web)
  return web
}
