/** Texts that no response may contain, whatever its schema allows. */
const secrets: readonly [name: string, pattern: RegExp][] = [
  ['a bcrypt hash', /\$2[aby]\$\d\d\$/],
  ['the name password_hash', /password_hash/],
  ['a line of a stack', /\bat .*\.[cm]?[jt]s:\d+/],
  [
    'a message of the database or its driver',
    /SQLSTATE|PostgresError|DrizzleQueryError|Failed query:|violates [\w-]+( key)? constraint|relation "[^"]*" does not exist|syntax error at or near|invalid input syntax for type|ECONNREFUSED/,
  ],
]

/** Names the secrets in headers or body. */
export function leaks(headers: Headers, text: string): string[] {
  const all = `${[...headers.values()].join('\n')}\n${text}`
  return secrets.flatMap(([name, pattern]) => {
    const found = pattern.exec(all)
    return found ? [`it gives away ${name}: ${JSON.stringify(found[0].slice(0, 80))}`] : []
  })
}
