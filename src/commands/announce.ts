interface Announcement {
  url: string
  database: string
  workers?: number
}

/**
 * Says where the service is: in words on a terminal, as one JSON line everywhere else, where programs read it. It
 * has the shape of a log line and is written at every LOG_LEVEL: whoever started the service waits for it.
 */
export function announce(announcement: Announcement): void {
  process.stdout.write(process.stdout.isTTY ? inWords(announcement) : asLogLine(announcement))
}

function asLogLine(announcement: Announcement): string {
  const line = { level: 30, time: new Date(), ...announcement, msg: 'Gatepost is running.' }
  return `${JSON.stringify(line)}\n`
}

function inWords({ url, database, workers }: Announcement): string {
  const lines = [
    'Gatepost is running.',
    `  API       ${url}`,
    `  Pages     ${url}/app`,
    `  Docs      ${url}/docs`,
    `  Database  ${database}`,
    ...(workers === undefined ? [] : [`  Workers   ${workers}`]),
  ]
  return `${lines.join('\n')}\n`
}
