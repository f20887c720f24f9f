import type { Reporter, TestModule } from 'vitest/node'
import { type Coverage, coverageReport } from '../../src/commands/conform/contract/coverage.ts'
import './target.ts'

/** After a run with CONTRACT_REPORT=1, lists the statuses that the document declares and no test has seen. */
export class ContractReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    if (!process.env.CONTRACT_REPORT) return
    const coverages = modules
      .map((module) => module.meta().contract)
      .filter((one): one is Coverage => one !== undefined)
    process.stdout.write(`\n${coverageReport(coverages)}\n`)
  }
}
