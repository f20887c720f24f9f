import { tokenScopeNames, tokenScopes } from '../src/api/scopes.ts'

interface Operation {
  operationId: string
  security?: Record<string, string[]>[]
}

/** The table of scopes in docs/api-tokens.md: what each is for, and the operations that declare it. */
export function scopesMarkdown(document: object): string {
  const { paths } = document as { paths: Record<string, Record<string, Operation>> }
  const operations = Object.values(paths).flatMap((item) => Object.values(item))
  const declaring = (scope: string) =>
    operations
      .filter(({ security }) => security?.some((way) => way.accessToken?.includes(scope)))
      .map(({ operationId }) => `\`${operationId}\``)
      .join(' ')
  const rows = [...tokenScopeNames].map((scope) => [`\`${scope}\``, tokenScopes[scope], declaring(scope)])
  rows.push(['`session`', 'Nothing: for sessions alone.', declaring('session')])
  return [
    '| scope | what it allows | operations |',
    '| --- | --- | --- |',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n')
}
