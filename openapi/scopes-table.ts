import { tokenScopeNames, tokenScopes } from '../src/api/scopes.ts'

interface Operation {
  operationId: string
  security?: Record<string, string[]>[]
}

/** The table in docs/api-tokens.md: each scope with its description and its operations. */
export function scopesMarkdown(document: object): string {
  const { paths } = document as { paths: Record<string, Record<string, Operation>> }
  const operations = Object.values(paths).flatMap((item) => Object.values(item))
  const declaring = (scope: string) =>
    operations
      .filter(({ security }) => security?.some((requirement) => requirement.accessToken?.includes(scope)))
      .map(({ operationId }) => `\`${operationId}\``)
      .join(' ')
  const rows = [...tokenScopeNames].map((scope) => [`\`${scope}\``, tokenScopes[scope], declaring(scope)])
  rows.push(['`session`', 'Only for sessions: API tokens are refused.', declaring('session')])
  return [
    '| scope | description | operations |',
    '| --- | --- | --- |',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n')
}
