import { type Failure, isConforming, type Report, type Result } from './report.ts'

/** The report as text for people. */
export function reportText(report: Report): string {
  const { results, leftovers } = report
  const failed = results.filter(({ outcome }) => outcome === 'failed')
  const blocks = [
    `${report.title} ${report.version} at ${report.origin}`,
    groupLines(results),
    ...failed.map(failedText),
    skippedText(results),
    ...(report.unknown_operations.length === 0
      ? []
      : [
          `Not in the contract, and checked by what the document says of them: ${report.unknown_operations.join(', ')}.`,
        ]),
    ...(leftovers.length === 0 ? [] : [`These accounts could not be deleted: ${leftovers.join(', ')}.`]),
    closingLine(report),
  ]
  return `${blocks.filter(Boolean).join('\n\n')}\n`
}

function groupLines(results: readonly Result[]): string {
  const names = [...new Set(results.map(({ group }) => group))]
  const width = Math.max(0, ...names.map((name) => name.length))
  return names
    .map((name) => {
      const counts = countsOf(results.filter(({ group }) => group === name))
      return `  ${name.padEnd(width)}  ${counts}`
    })
    .join('\n')
}

function countsOf(results: readonly Result[]): string {
  const count = (wanted: Result['outcome']) => results.filter(({ outcome }) => outcome === wanted).length
  const parts = [`${String(count('passed')).padStart(3)} passed`]
  if (count('skipped') > 0) parts.push(`${count('skipped')} skipped`)
  if (count('failed') > 0) parts.push(`${count('failed')} FAILED`)
  return parts.join(', ')
}

/** How many failures of one check are printed in full. */
const maxShown = 3

function failedText({ group, title, requirement, failures }: Result): string {
  const more = failures.length - maxShown
  return [
    `FAILED  ${title}`,
    `  group: ${group} · contract: ${requirement}`,
    ...failures.slice(0, maxShown).map(failureText),
    ...(more > 0 ? [`  and ${more} more of this kind; --json shows all`] : []),
  ].join('\n')
}

function failureText({ expected, actual, request, response, times }: Failure): string {
  const lines = [
    `  expected: ${expected}`,
    `  actual:   ${actual}${times > 1 ? ` (${times} times)` : ''}`,
    ...(request ? ['  request:', indented(request)] : []),
    ...(response ? ['  response:', indented(response)] : []),
  ]
  return lines.join('\n')
}

const indented = (text: string) => text.replace(/^/gm, '    ')

function skippedText(results: readonly Result[]): string {
  const skipped = results.filter(({ outcome }) => outcome === 'skipped')
  const reasons = [...new Set(skipped.map(({ reason = '' }) => reason))]
  if (reasons.length === 0) return ''
  const lines = reasons.map((reason) => {
    const of = skipped.filter((result) => result.reason === reason)
    const [first] = of
    return `  ${of.length === 1 ? first?.title : `${of.length} checks`}: ${reason}`
  })
  return ['Skipped:', ...lines].join('\n')
}

function closingLine(report: Report): string {
  const { results, requests, duration_ms } = report
  const verdict = isConforming(report)
    ? 'It conforms'
    : report.is_interrupted
      ? 'Interrupted'
      : 'It does not conform'
  return `${verdict}: ${results.length} checks, ${countsOf(results).trim()}; ${requests} requests in ${(duration_ms / 1000).toFixed(1)} s.`
}
