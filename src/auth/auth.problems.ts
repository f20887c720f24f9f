import { defineProblems } from '../errors/define-problems.ts'

export const authProblems = defineProblems({
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
  'sessions.not_found': {
    status: 404,
    title: 'No such session',
    detail: 'You have no open session with this id.',
    advice: 'Look your sessions up with GET /auth/sessions.',
  },
})
