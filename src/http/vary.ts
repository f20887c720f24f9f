/** Adds names of request headers to `Vary` (RFC 9110, section 12.5.5), keeping the present ones. */
export function addVary(headers: Record<string, string>, ...names: readonly string[]): void {
  headers.Vary = joinedVary(headers.Vary, names.join(', '))
}

/** Joins two values of `Vary`, each name once. */
export function joinedVary(one = '', other = ''): string {
  const names = `${one},${other}`.split(',').map((name) => name.trim())
  const unique = new Map(names.filter(Boolean).map((name) => [name.toLowerCase(), name]))
  return [...unique.values()].join(', ')
}
