// The one import upwards: the types of all codes come from the problems beside each resource.
import { apiTokensProblemsInKorean } from '../auth/api-tokens/api-tokens.problems.ko.ts'
import { authProblemsInKorean } from '../auth/auth.problems.ko.ts'
import { commentsProblemsInKorean } from '../comments/comments.problems.ko.ts'
import { serviceProblemsInKorean } from '../document/service.problems.ko.ts'
import { httpProblemsInKorean } from '../http/http.problems.ko.ts'
import { idempotencyProblemsInKorean } from '../idempotency/idempotency.problems.ko.ts'
import { postsProblemsInKorean } from '../posts/posts.problems.ko.ts'
import { usersProblemsInKorean } from '../users/users.problems.ko.ts'

export const catalogueInKorean = {
  ...apiTokensProblemsInKorean,
  ...authProblemsInKorean,
  ...commentsProblemsInKorean,
  ...serviceProblemsInKorean,
  ...httpProblemsInKorean,
  ...idempotencyProblemsInKorean,
  ...postsProblemsInKorean,
  ...usersProblemsInKorean,
}
