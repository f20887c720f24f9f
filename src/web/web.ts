import { Hono } from 'hono'
import { unknownRoute } from '../http/unknown-route.ts'
import { accountRoutes } from './account.ts'
import { adminEventsRoutes } from './admin-events.ts'
import { adminUsersRoutes } from './admin-users.ts'
import { assetRoutes } from './assets.ts'
import { clientPageRoutes } from './client-page.ts'
import { commentsRoutes } from './comments.ts'
import { draftsRoutes } from './drafts.ts'
import { editRoutes } from './edit.ts'
import { ownForms } from './form.ts'
import { languageRoutes } from './language-switch.ts'
import { logInRoutes } from './log-in.ts'
import { postRoutes } from './post.ts'
import { postListRoutes } from './post-list.ts'
import { failedAt, onWebError } from './problem-page.ts'
import { registerRoutes } from './register.ts'
import { removeRoutes } from './remove.ts'
import { revisionsRoutes } from './revisions.ts'
import { sessionsRoutes } from './sessions.ts'
import { type AppFetch, fromOutside, visiting, type WebEnv } from './visit.ts'
import { writeRoutes } from './write.ts'

/** All pages of the app that answers by this `fetch`. */
function createWeb(fetch: AppFetch) {
  const web = new Hono<WebEnv>()
  web.use(fromOutside)
  web.route('/', assetRoutes) // no visit: they are the same for everyone
  web.use(ownForms)
  web.use(visiting(fetch))

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
  web.route('/', adminUsersRoutes)
  web.route('/', adminEventsRoutes)
  web.route('/', clientPageRoutes)

  web.onError(onWebError)
  const unknown = unknownRoute(web.routes)
  web.notFound(async (c) => failedAt(c, await unknown(c as never)))
  return web
}

const known = new WeakMap<AppFetch, ReturnType<typeof createWeb>>()

/** The pages of this app; made once. */
export function webOf(fetch: AppFetch): ReturnType<typeof createWeb> {
  const web = known.get(fetch) ?? createWeb(fetch)
  known.set(fetch, web)
  return web
}
