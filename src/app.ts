import { auditRoutes } from './audit/audit.routes.ts'
import { authRoutes } from './auth/auth.routes.ts'
import { jwksRoutes } from './auth/jwks.routes.ts'
import { sessionsRoutes } from './auth/sessions.routes.ts'
import { commentsRoutes } from './comments/comments.routes.ts'
import type { Deps } from './context.ts'
import { forServer } from './document/for-server.ts'
import { onError } from './errors.ts'
import { allowOrigins } from './http/cors.ts'
import { decodableAddress, requestContext } from './http/request-context.ts'
import { createRouter } from './http/router.ts'
import { unknownRoute } from './http/unknown-route.ts'
import { requestLimit } from './limits/request-limit.ts'
import { postsRoutes } from './posts/posts.routes.ts'
import { revisionsRoutes } from './posts/revisions.routes.ts'
import { docsFiles, docsRoutes } from './service/docs.routes.ts'
import { documentRoutes } from './service/document.routes.ts'
import { frontRoutes } from './service/front.routes.ts'
import { healthRoutes } from './service/health.routes.ts'
import { metricsRoutes } from './service/metrics.routes.ts'
import { problemsRoutes } from './service/problems.routes.ts'
import { securityTxtRoutes } from './service/security-txt.routes.ts'
import { accountRoutes } from './users/account.routes.ts'
import { adminRoutes } from './users/admin.routes.ts'
import { usersRoutes } from './users/users.routes.ts'
import { pagesRoutes } from './web/pages.ts'

/** The whole API. It opens nothing and reads no globals: all that it needs is in `deps`. */
export function createApp(deps: Deps) {
  const app = createRouter()
  const { CORS_ORIGINS, REQUEST_LIMIT, REQUEST_WINDOW } = deps.config

  if (deps.trace) app.use(deps.trace)
  app.use(
    requestContext(deps, [
      ...(CORS_ORIGINS.length > 0 ? [allowOrigins(CORS_ORIGINS)] : []),
      ...(REQUEST_LIMIT > 0
        ? [requestLimit({ name: 'requests', quota: REQUEST_LIMIT, window: REQUEST_WINDOW })]
        : []),
      decodableAddress,
    ]),
  )

  app.route('/', authRoutes)
  app.route('/', sessionsRoutes)
  app.route('/', accountRoutes)
  app.route('/', jwksRoutes)
  app.route('/', usersRoutes)
  app.route('/', adminRoutes)
  app.route('/', postsRoutes)
  app.route('/', revisionsRoutes)
  app.route('/', commentsRoutes)
  app.route('/', auditRoutes)
  app.route('/', healthRoutes)
  app.route('/', metricsRoutes)
  app.route('/', securityTxtRoutes)
  app.route('/', problemsRoutes)
  app.route('/', frontRoutes(app.fetch))
  app.route('/', docsRoutes)
  app.route('/', docsFiles)
  app.route('/', pagesRoutes(app.fetch))
  app.route(
    '/',
    documentRoutes(async () => forServer(await deps.document(app), deps.config)),
  )

  app.onError(onError)
  app.notFound(unknownRoute(app.routes))
  return app
}
