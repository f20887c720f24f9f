const names = ['WWW-Authenticate', 'Retry-After', 'Allow']

/** Headers without which some statuses are of no use. */
export function carriedOver(response: Response | undefined): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = response?.headers.get(name)
      return value ? [[name, value]] : []
    }),
  )
}
