interface ProblemType {
  status: 400 | 401 | 403 | 404 | 405 | 406 | 408 | 409 | 412 | 413 | 415 | 422 | 431 | 429 | 500 | 503
  title: string
  /** What is wrong, when the place that throws has nothing more exact to say. */
  detail: string
  /** What the reader can do about it. */
  advice: string
}

const define = <Code extends string>(problems: Record<Code, ProblemType>) => problems

/**
 * Every problem that Gatepost answers with (RFC 9457), by its stable code. What is thrown, documented,
 * rendered and explained at /problems/{code} all comes from here.
 */
export const problems = define({
  'request.malformed': {
    status: 400,
    title: 'Malformed request',
    detail: 'The request could not be read.',
    advice:
      'Check the address and the headers: percent-encoding must be valid UTF-8, the Host header a host name.',
  },
  'request.malformed_json': {
    status: 400,
    title: 'Malformed JSON',
    detail: 'The body is not valid JSON in UTF-8.',
    advice: 'Send one JSON value in UTF-8; most JSON libraries do it right, hand-built strings often do not.',
  },
  'request.body_missing': {
    status: 400,
    title: 'Body missing',
    detail: 'This operation needs a JSON body and the request has none.',
    advice: 'Send the body that the document describes, with Content-Type: application/json.',
  },
  'request.timeout': {
    status: 408,
    title: 'Request took too long',
    detail: 'The request did not arrive in time.',
    advice: 'Send the request again; look at the connection if it happens often.',
  },
  'request.not_acceptable': {
    status: 406,
    title: 'Not acceptable',
    detail: 'None of the media types in the Accept header can be produced.',
    advice: 'Ask for a media type that the document lists for this operation, or leave Accept away.',
  },
  'request.too_large': {
    status: 413,
    title: 'Body too large',
    detail: 'The body is larger than this server accepts.',
    advice: 'Send less. Whoever runs the server can raise BODY_LIMIT.',
  },
  'request.headers_too_large': {
    status: 431,
    title: 'Headers too large',
    detail: 'The request has more than 16 KiB or more than 100 headers.',
    advice: 'Send fewer and shorter headers; large cookies are the usual cause.',
  },
  'request.unsupported_media_type': {
    status: 415,
    title: 'Unsupported media type',
    detail: 'The body must be JSON.',
    advice: 'Send Content-Type: application/json, UTF-8 and no Content-Encoding.',
  },
  'request.invalid': {
    status: 422,
    title: 'Invalid request',
    detail: 'The request can be read, but some of its values are not allowed.',
    advice:
      'Look at errors: each says where the value is (a JSON pointer or a name) and what is wrong with it.',
  },
  'request.too_many': {
    status: 429,
    title: 'Too many requests',
    detail: 'Too many requests of this kind have come from your address.',
    advice: 'Try again after the seconds in Retry-After. RateLimit says beforehand how many are left.',
  },
  'route.not_found': {
    status: 404,
    title: 'No such address',
    detail: 'Nothing answers at this address.',
    advice: 'Look up the addresses at /docs or in /openapi.json.',
  },
  'route.method_not_allowed': {
    status: 405,
    title: 'Method not allowed',
    detail: 'This address does not answer this method.',
    advice: 'Use one of the methods in the Allow header.',
  },
  'auth.token_missing': {
    status: 401,
    title: 'Access token missing',
    detail: 'This operation needs an access token.',
    advice:
      'Log in with POST /auth/token and send the access token in the header Authorization (as it is, or after "Bearer ") or x-access-token.',
  },
  'auth.token_invalid': {
    status: 401,
    title: 'Access token invalid',
    detail: 'The access token was not issued by this server or has been altered.',
    advice: 'Log in again with POST /auth/token and send the access token exactly as it was received.',
  },
  'auth.token_expired': {
    status: 401,
    title: 'Access token expired',
    detail: 'The access token has expired.',
    advice: 'Log in again with POST /auth/token.',
  },
  'auth.bad_credentials': {
    status: 401,
    title: 'Wrong username or password',
    detail: 'There is no account with this username or e-mail address and this password.',
    advice: 'Check both. They are not told apart, so that nobody can find out who has an account.',
  },
  'auth.too_many_attempts': {
    status: 429,
    title: 'Too many failed attempts',
    detail: 'Too many passwords were wrong. This one was not looked at.',
    advice:
      'Try again after the seconds in Retry-After, or log in from another address. RateLimit says beforehand how many attempts are left.',
  },
  'auth.credentials_missing': {
    status: 401,
    title: 'Credentials missing',
    detail: 'The request has neither a body with username and password nor HTTP Basic credentials.',
    advice: 'Send {"username": …, "password": …} as JSON, or HTTP Basic credentials and no body.',
  },
  'auth.two_credentials': {
    status: 400,
    title: 'Two credentials',
    detail: 'The request carries more than one credential.',
    advice: 'Send one credential only: it must never be in doubt who is asking.',
  },
  'auth.session_revoked': {
    status: 401,
    title: 'Session ended',
    detail:
      'The session of this token has ended: by logging out, a new password, an admin, or a token used twice.',
    advice: 'Log in again with POST /auth/token.',
  },
  'auth.refresh_invalid': {
    status: 401,
    title: 'Refresh token invalid',
    detail: 'The refresh token was not issued by this server or has been altered.',
    advice: 'Send refresh_token exactly as it was received, or log in again with POST /auth/token.',
  },
  'auth.refresh_missing': {
    status: 401,
    title: 'Refresh token missing',
    detail: 'The request has neither a body with refresh_token nor a refresh cookie.',
    advice: 'Send {"refresh_token": …} as JSON.',
  },
  'auth.refresh_expired': {
    status: 401,
    title: 'Refresh token expired',
    detail: 'The refresh token was not used for too long, or its session has reached its greatest age.',
    advice: 'Log in again with POST /auth/token.',
  },
  'auth.refresh_reused': {
    status: 401,
    title: 'Refresh token used again',
    detail: 'The refresh token had been replaced already. Somebody holds a copy, so the session was ended.',
    advice: 'Log in again with POST /auth/token, and store each new refresh token in place of the old one.',
  },
  'auth.wrong_password': {
    status: 403,
    title: 'Wrong password',
    detail: 'The password is not the one of your account.',
    advice: 'Type it again. If you have forgotten it, ask an admin for a new one.',
  },
  'auth.fresh_login_needed': {
    status: 403,
    title: 'Recent log-in needed',
    detail: 'This change needs a recent log-in or the password in the request.',
    advice: 'Send current_password as well, or log in again and repeat the request with the new token.',
  },
  'auth.cross_site': {
    status: 403,
    title: 'Cross-site request',
    detail:
      'The request carries a cookie but no proof that a page of this site sent it (Sec-Fetch-Site or Origin).',
    advice:
      'Send it from a page of this site or of CORS_ORIGINS, or use a token in a header instead of the cookie.',
  },
  'auth.forbidden': {
    status: 403,
    title: 'Not allowed',
    detail: 'You are logged in, but not allowed to do this.',
    advice: 'Only the author of a post or an admin may change it. Ask an admin if you should be able to.',
  },
  'users.not_found': {
    status: 404,
    title: 'No such user',
    detail: 'There is no user with this id.',
    advice: 'Look the user up with GET /users.',
  },
  'users.username_taken': {
    status: 409,
    title: 'Username taken',
    detail: 'Another account has this username, or one that looks like it.',
    advice:
      'Choose another username. Upper and lower case make no difference, and nobody may be taken for somebody else: ada1 looks like adal.',
  },
  'users.email_taken': {
    status: 409,
    title: 'E-mail address taken',
    detail: 'Another account has this e-mail address.',
    advice: 'Log in to that account, or use another e-mail address.',
  },
  'users.last_admin': {
    status: 409,
    title: 'Last admin',
    detail: 'This is the only admin who can log in.',
    advice: 'Make another account an admin first.',
  },
  'sessions.not_found': {
    status: 404,
    title: 'No such session',
    detail: 'You have no open session with this id.',
    advice: 'Look your sessions up with GET /auth/sessions.',
  },
  'posts.not_found': {
    status: 404,
    title: 'No such post',
    detail: 'There is no post with this id.',
    advice: 'Look the post up with GET /posts. Drafts are seen by their author and admins alone.',
  },
  'revisions.not_found': {
    status: 404,
    title: 'No such revision',
    detail: 'The post has no revision with this number.',
    advice: 'Look its revisions up with GET /posts/{id}/revisions.',
  },
  'comments.not_found': {
    status: 404,
    title: 'No such comment',
    detail: 'The post has no comment with this id.',
    advice: 'Look its comments up with GET /posts/{id}/comments.',
  },
  'idempotency.key_reused': {
    status: 422,
    title: 'Idempotency-Key used for something else',
    detail: 'An earlier request with this Idempotency-Key was another one.',
    advice: 'Use a new key for every new request; repeat a key only with the very same request.',
  },
  'precondition.failed': {
    status: 412,
    title: 'Changed meanwhile',
    detail: 'The resource is no longer what If-Match says: somebody else has changed it.',
    advice: 'Read it again, look at what changed, and send your change with the new ETag.',
  },
  'problems.not_found': {
    status: 404,
    title: 'No such problem',
    detail: 'There is no problem with this code.',
    advice: 'All of them are listed at /problems.',
  },
  'service.overloaded': {
    status: 503,
    title: 'Busy',
    detail: 'The server has more to do than it can finish in time.',
    advice: 'Try again after the seconds in Retry-After.',
  },
  'service.unavailable': {
    status: 503,
    title: 'Temporarily unavailable',
    detail: 'The database cannot answer right now.',
    advice: 'Try again after the seconds in Retry-After. Nothing was lost.',
  },
  'service.misconfigured': {
    status: 503,
    title: 'Not set up',
    detail: 'The settings of the server are not right yet. Its log says which and why.',
    advice: 'Tell whoever runs the server; the request_id leads to the line in its log.',
  },
  'service.stopping': {
    status: 503,
    title: 'About to stop',
    detail: 'This server is about to stop and finishes what it has begun.',
    advice: 'Send new requests to another server, or try again after the seconds in Retry-After.',
  },
  'service.failure': {
    status: 500,
    title: 'Internal error',
    detail: 'Something went wrong on the server. It has been logged under the request id.',
    advice: 'This is a fault of the server: report it together with the request_id.',
  },
})

export type ProblemCode = keyof typeof problems

export const problemCodes = Object.keys(problems) as [ProblemCode, ...ProblemCode[]] // keys() forgets the names
