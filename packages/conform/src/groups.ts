import type { Group } from './check.ts'
import { accounts } from './checks/accounts.ts'
import { admins } from './checks/admins.ts'
import { apiTokens, scopeChecksOf } from './checks/api-tokens.ts'
import { bodyChecksOf } from './checks/bodies.ts'
import { comments } from './checks/comments.ts'
import { conditions } from './checks/conditions.ts'
import { conventions } from './checks/conventions.ts'
import { cookies } from './checks/cookies.ts'
import { guardChecksOf, guards } from './checks/guards.ts'
import { limits } from './checks/limits.ts'
import { lists } from './checks/lists.ts'
import { parameterChecksOf } from './checks/parameters.ts'
import { posts } from './checks/posts.ts'
import { privacy } from './checks/privacy.ts'
import { revisions } from './checks/revisions.ts'
import { search } from './checks/search.ts'
import { service } from './checks/service.ts'
import { sessions } from './checks/sessions.ts'
import type { Operation } from './operations.ts'

/** The checks, in the order of the report. The last two groups contain rules for every response of a run. */
export const allGroups: readonly Group[] = [
  service,
  conventions,
  accounts,
  sessions,
  cookies,
  guards,
  apiTokens,
  privacy,
  posts,
  conditions,
  revisions,
  comments,
  lists,
  search,
  admins,
  limits,
  {
    name: 'added',
    about: 'operations that the contract does not have, by what the document says of them',
    checks: [],
  },
  { name: 'document', about: 'every response, compared with the document of the server', checks: [] },
  { name: 'everywhere', about: 'rules for every response', checks: [] },
]

/** The groups for a server that has operations besides those of the contract. */
export function groupsWith(added: readonly Operation[]): readonly Group[] {
  const checks = [
    ...guardChecksOf(added),
    ...scopeChecksOf(added),
    ...bodyChecksOf(added),
    ...parameterChecksOf(added),
  ]
  return allGroups.map((group) => (group.name === 'added' ? { ...group, checks } : group))
}
