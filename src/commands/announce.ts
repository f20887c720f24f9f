interface Announcement {
  url: string
  database: string
  workers?: number
}

/**
 * Prints the address of the service: as a sentence on a terminal, otherwise as a JSON line for programs. The line looks
 * like a log line but is written at every LOG_LEVEL, since the program that started the service waits for it.
 */
export function announce(announcement: Announcement): void {
  process.stdout.write(process.stdout.isTTY ? sentenceOf(announcement) : asLogLine(announcement))
}

function asLogLine(announcement: Announcement): string {
  const line = { level: 30, time: new Date(), ...announcement, msg: 'Gatepost is running.' }
  return `${JSON.stringify(line)}\n`
}

function sentenceOf({ url, database, workers }: Announcement): string {
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
