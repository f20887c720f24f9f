import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Says how large the Worker's script is and how long an isolate takes to evaluate it; fails beyond the budget.

const mostKibibytes = 200
const mostMilliseconds = 50

/** Other programs only ever make it slower: the quickest run is nearest to the truth, and one within the budget will do. */
const mostRuns = 12

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'gatepost-budget-'))

function wrangler(...options: string[]): string {
  const program = join(root, 'node_modules/wrangler/bin/wrangler.js')
  return execFileSync(process.execPath, [program, ...options], { cwd: root, encoding: 'utf8' })
}

function numberIn(text: string, pattern: RegExp): number {
  const [, found] = pattern.exec(text) ?? []
  if (found === undefined) throw new Error(`Wrangler no longer says ${pattern}:\n${text}`)
  return Number(found)
}

function report(what: string, value: number, most: number, unit: string): void {
  const isOver = value > most
  process.stdout.write(`${what}: ${value} ${unit} of ${most} ${unit}${isOver ? ' — over the budget' : ''}\n`)
  if (isOver) process.exitCode = 1
}

try {
  const size = numberIn(wrangler('deploy', '--dry-run', '--outdir', folder), /gzip: ([\d.]+) KiB/)
  report('Script of the Worker, gzipped', size, mostKibibytes, 'KiB')
  const startup = ['check', 'startup', '--outfile', join(folder, 'startup.cpuprofile')]
  let quickest = Number.POSITIVE_INFINITY
  for (let run = 0; run < mostRuns && (run < 3 || quickest > mostMilliseconds); run++) {
    quickest = Math.min(quickest, numberIn(wrangler(...startup), /Active: ([\d.]+) ms/))
  }
  report('Evaluating it in workerd', quickest, mostMilliseconds, 'ms')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
