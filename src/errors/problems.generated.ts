// The one import upwards: the types of all codes come from the problems beside each resource.
import { apiTokensProblems } from '../auth/api-tokens/api-tokens.problems.ts'
import { authProblems } from '../auth/auth.problems.ts'
import { commentsProblems } from '../comments/comments.problems.ts'
import { serviceProblems } from '../document/service.problems.ts'
import { httpProblems } from '../http/http.problems.ts'
import { idempotencyProblems } from '../idempotency/idempotency.problems.ts'
import { postsProblems } from '../posts/posts.problems.ts'
import { usersProblems } from '../users/users.problems.ts'

export const catalogue = {
  ...apiTokensProblems,
  ...authProblems,
  ...commentsProblems,
  ...serviceProblems,
  ...httpProblems,
  ...idempotencyProblems,
  ...postsProblems,
  ...usersProblems,
}
