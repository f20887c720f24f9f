import { type Measured, median } from './drive.ts'
import type { Row } from './rows.ts'

/** The measurements of each peer by its name, one per round; the first peer is Gatepost. */
export type Results = ReadonlyMap<string, readonly Measured[]>

export const print = (line: string) => process.stdout.write(`${line}\n`)

/** A ratio above its aim times this factor is a regression and not noise. */
const gross = 2

export interface Verdict {
  checked: number
  failed: string[]
}

/** Prints the medians of each peer, and the ratios of Gatepost to each of them with their aims. */
export function report(title: string, results: Results, aims: Row['aims'] = {}): Verdict {
  print(`\n${title}`)
  print('              server   database         /s        p50        p99   memory    GC   Gatepost ÷')
  const verdict: Verdict = { checked: 0, failed: [] }
  const of = (name: string, key: keyof Measured) => median((results.get(name) ?? []).map((each) => each[key]))
  const [own = '', ...others] = results.keys()
  for (const name of [own, ...others]) {
    const ratios = (['cpu', 'database', 'p99'] as const).map((key) => {
      const ratio = of(own, key) / of(name, key)
      const aim = name === 'bare' ? aims[key] : undefined
      if (aim !== undefined && Number.isFinite(ratio)) {
        verdict.checked++
        if (ratio > aim * gross) verdict.failed.push(`${title}, ${key}: ${ratio.toFixed(2)}, aim ${aim}`)
      }
      return `${names[key]} ${ratio.toFixed(2)}${aim === undefined ? '' : ` (aim ${aim.toFixed(1)})`}`
    })
    const cells = [
      `${of(name, 'cpu').toFixed(0)} µs`.padStart(8),
      `${of(name, 'database').toFixed(0)} µs`.padStart(8),
      of(name, 'rate').toFixed(0).padStart(8),
      `${of(name, 'p50').toFixed(2)} ms`.padStart(9),
      `${of(name, 'p99').toFixed(1)} ms`.padStart(8),
      `${(of(name, 'memory') / 2 ** 20).toFixed(0)} MiB`.padStart(6),
      `${(of(name, 'gc') * 100).toFixed(0)} %`.padStart(4),
    ]
    print(`  ${name.padEnd(9)} ${cells.join('  ')}   ${name === own ? '' : ratios.join(', ')}`)
  }
  return verdict
}

const names = { cpu: 'server', database: 'database', p99: 'p99' }
