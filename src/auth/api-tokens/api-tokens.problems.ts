import { defineProblems } from '../../errors/define-problems.ts'

export const apiTokensProblems = defineProblems({
  'auth.token_revoked': {
    status: 401,
    title: 'API token revoked',
    detail: 'The API token was revoked.',
    advice: 'Make another one with POST /users/me/tokens, or on the page /app/account/tokens.',
  },
  'auth.insufficient_scope': {
    status: 403,
    title: 'Scope missing',
    detail: 'The API token does not have the scope that this operation needs.',
    advice:
      'WWW-Authenticate names the scope. Make another API token that has it; what has the scope `session` needs a log-in.',
  },
  'api_tokens.not_found': {
    status: 404,
    title: 'No such API token',
    detail: 'There is no API token with this id, or it was revoked.',
    advice: 'Look your API tokens up with GET /users/me/tokens.',
  },
  'api_tokens.too_many': {
    status: 409,
    title: 'Too many API tokens',
    detail: 'The account has as many API tokens as it can have.',
    advice: 'Revoke those that are not used any more. One for each program is enough.',
  },
})
