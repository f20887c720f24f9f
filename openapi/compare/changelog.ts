import type { Change } from './changes.ts'

const titles = { breaking: 'Breaking', deprecated: 'Deprecated', added: 'Added and changed' } as const

/** The changes as a section of the CHANGELOG: each change once, with all affected operations. */
export function changelog(version: string, changes: readonly Change[]): string {
  const sections = Object.entries(titles).flatMap(([kind, title]) => {
    const ofKind = changes.filter((change) => change.kind === kind)
    const whats = [...new Set(ofKind.map(({ what }) => what))]
    const lines = whats.map((what) => {
      const operations = [
        ...new Set(ofKind.filter((change) => change.what === what).map(({ where }) => where)),
      ]
      return `- ${listed(operations)}: ${what}.`
    })
    return lines.length === 0 ? [] : [`### ${title}\n\n${lines.join('\n')}`]
  })
  const body = sections.length === 0 ? 'Nothing that clients would notice.' : sections.join('\n\n')
  return `## ${version}\n\n${body}\n`
}

/** Names the first few. */
function listed(operations: readonly string[]): string {
  const shown = operations.slice(0, 4).map((operation) => `\`${operation}\``)
  const more = operations.length - shown.length
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '')
}
