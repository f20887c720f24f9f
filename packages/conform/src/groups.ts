import type { Group } from './check.ts'
import { accounts } from './checks/accounts.ts'
import { admins } from './checks/admins.ts'
import { comments } from './checks/comments.ts'
import { conditions } from './checks/conditions.ts'
import { conventions } from './checks/conventions.ts'
import { cookies } from './checks/cookies.ts'
import { guards } from './checks/guards.ts'
import { limits } from './checks/limits.ts'
import { lists } from './checks/lists.ts'
import { posts } from './checks/posts.ts'
import { privacy } from './checks/privacy.ts'
import { revisions } from './checks/revisions.ts'
import { search } from './checks/search.ts'
import { service } from './checks/service.ts'
import { sessions } from './checks/sessions.ts'

/** The checks, in the order of the report. The last two groups are what every answer of a run is held against. */
export const allGroups: readonly Group[] = [
  service,
  conventions,
  accounts,
  sessions,
  cookies,
  guards,
  privacy,
  posts,
  conditions,
  revisions,
  comments,
  lists,
  search,
  admins,
  limits,
  { name: 'document', about: 'every answer, held against the document of the server', checks: [] },
  { name: 'everywhere', about: 'what holds for every answer', checks: [] },
]
