/** By operation: the statuses that the document declares, and those that were seen. */
export type Coverage = Record<string, { declared: string[]; seen: number[] }>

/** Lists each operation with its documented statuses; unseen ones are in brackets. */
export function coverageReport(coverages: readonly Coverage[]): string {
  const rows = merge(coverages)
  const all = rows.flatMap((row) => row.responses)
  const lines = rows.map(({ id, responses }) => {
    const marks = responses.map(({ declared, isSeen }) => (isSeen ? declared : `[${declared}]`))
    return `${id.padEnd(24)} ${marks.join(' ')}`
  })
  return [
    ...lines,
    `${all.filter(({ isSeen }) => isSeen).length} of ${all.length} documented statuses seen`,
  ].join('\n')
}

/** The documented statuses that were not seen, each with its operation. */
export function unseen(coverages: readonly Coverage[]): string[] {
  return merge(coverages).flatMap(({ id, responses }) =>
    responses.filter(({ isSeen }) => !isSeen).map(({ declared }) => `${id} ${declared}`),
  )
}

function merge(coverages: readonly Coverage[]) {
  const ids = [...new Set(coverages.flatMap((coverage) => Object.keys(coverage)))]
  return ids.map((id) => {
    const found = coverages.flatMap((coverage) => coverage[id] ?? [])
    const seen = found.flatMap((one) => one.seen)
    const responses = (found[0]?.declared ?? []).map((declared) => ({
      declared,
      isSeen: covers(declared, seen),
    }))
    return { id, responses }
  })
}

function covers(declared: string, seen: readonly number[]): boolean {
  return seen.some((status) =>
    [String(status), `${Math.floor(status / 100)}XX`, 'default'].includes(declared),
  )
}
