import { accountRoutes } from './accounts/account.routes.ts'
import { adminRoutes } from './accounts/admin.routes.ts'
import type { AppEnv, Deps } from './api/context.ts'
import { decodableAddress, requestContext } from './api/request-context.ts'
import { unknownRoute } from './api/unknown-route.ts'
import { auditRoutes } from './audit/audit.routes.ts'
import { apiTokensRoutes } from './auth/api-tokens/api-tokens.routes.ts'
import { jwksRoutes } from './auth/keys/jwks.routes.ts'
import { authRoutes } from './auth/log-in/log-in.routes.ts'
import { sessionsRoutes } from './auth/sessions/sessions.routes.ts'
import { createAuthenticate } from './auth/tokens/authenticate.ts'
import { commentsRoutes } from './comments/comments.routes.ts'
import { docsFiles, docsRoutes } from './document/docs.routes.ts'
import { documentRoutes } from './document/document.routes.ts'
import { forServer } from './document/for-server.ts'
import { frontRoutes } from './document/front.routes.ts'
import { healthRoutes } from './document/health.routes.ts'
import { metricsRoutes } from './document/metrics.routes.ts'
import { problemsRoutes } from './document/problems.routes.ts'
import { securityTxtRoutes } from './document/security-txt.routes.ts'
import { onError } from './errors/problem-response.ts'
import { allowOrigins } from './http/cors.ts'
import { createRouter } from './http/router.ts'
import { requestLimit } from './limits/request-limit.ts'
import { pagesRoutes } from './pages/pages.ts'
import { postsRoutes } from './posts/posts.routes.ts'
import { revisionsRoutes } from './posts/revisions/revisions.routes.ts'
import { usersRoutes } from './users/users.routes.ts'

/** The whole API. It opens nothing and reads no globals: `deps` contains everything from outside. */
export function createApp(deps: Deps) {
  const app = createRouter<AppEnv>()
  const { CORS_ORIGINS, REQUEST_LIMIT, REQUEST_WINDOW } = deps.config

  if (deps.trace) app.use(deps.trace)
  app.use(
    requestContext(deps, {
      authenticate: createAuthenticate(deps.config),
      checks: [
        ...(CORS_ORIGINS.length > 0 ? [allowOrigins(CORS_ORIGINS)] : []),
        ...(REQUEST_LIMIT > 0
          ? [requestLimit({ name: 'requests', quota: REQUEST_LIMIT, window: REQUEST_WINDOW })]
          : []),
        decodableAddress,
      ],
    }),
  )

  app.route('/', authRoutes)
  app.route('/', sessionsRoutes)
  app.route('/', accountRoutes)
  app.route('/', jwksRoutes)
  app.route('/', usersRoutes)
  app.route('/', adminRoutes)
  app.route('/', apiTokensRoutes)
  app.route('/', postsRoutes)
  app.route('/', revisionsRoutes)
  app.route('/', commentsRoutes)
  // `npm run new` adds a resource here.
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
