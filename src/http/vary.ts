/** Adds names of request headers to `Vary` (RFC 9110, section 12.5.5); those that it has already stay. */
export function addVary(headers: Record<string, string>, ...names: readonly string[]): void {
  headers.Vary = joinedVary(headers.Vary, names.join(', '))
}

/** Two values of `Vary` as one, each name once. */
export function joinedVary(one = '', other = ''): string {
  const names = `${one},${other}`.split(',').map((name) => name.trim())
  const unique = new Map(names.filter(Boolean).map((name) => [name.toLowerCase(), name]))
  return [...unique.values()].join(', ')
}
