const names = ['WWW-Authenticate', 'Retry-After', 'Allow']

/** The headers that a page must copy from the API's response, since some statuses require them. */
export function carriedOver(response: Response | undefined): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = response?.headers.get(name)
      return value ? [[name, value]] : []
    }),
  )
}
