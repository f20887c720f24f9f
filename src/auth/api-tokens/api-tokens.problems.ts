import { defineProblems } from '../../errors/define-problems.ts'

export const apiTokensProblems = defineProblems({
  'auth.token_revoked': {
    status: 401,
    title: 'API token revoked',
    detail: 'The API token was revoked.',
    advice: 'Create another token with POST /users/me/tokens, or on the page /app/account/tokens.',
  },
  'auth.insufficient_scope': {
    status: 403,
    title: 'Scope missing',
    detail: 'The API token does not have the scope that this operation needs.',
    advice:
      'WWW-Authenticate names the scope. Create an API token that has it. Operations with the scope `session` need an access token from a log-in.',
  },
  'api_tokens.not_found': {
    status: 404,
    title: 'No such API token',
    detail: 'There is no API token with this id, or it was revoked.',
    advice: 'GET /users/me/tokens lists your API tokens.',
  },
  'api_tokens.too_many': {
    status: 409,
    title: 'Too many API tokens',
    detail: 'The account has the maximum number of API tokens.',
    advice: 'Revoke unused tokens. One token for each program is enough.',
  },
})
