interface Announcement {
  url: string
  database: string
  workers?: number
}

/** Tells people where the service is. */
export function announce({ url, database, workers }: Announcement): void {
  const lines = [
    'Gatepost is running.',
    `  API       ${url}`,
    `  Pages     ${url}/app`,
    `  Docs      ${url}/docs`,
    `  Database  ${database}`,
    ...(workers === undefined ? [] : [`  Workers   ${workers}`]),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}
