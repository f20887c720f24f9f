import type { Reporter, TestModule, Vitest } from 'vitest/node'
import { type Coverage, coverageReport, unseen } from '../../packages/conform/src/contract/coverage.ts'
import './target.ts'

/**
 * After a run of all tests, fails it if the document declares a status that no answer has had. The whole list,
 * operations by statuses, is written with CONTRACT_REPORT=1, after runs of some tests too.
 */
export class ContractReporter implements Reporter {
  private vitest: Vitest | undefined

  onInit(vitest: Vitest): void {
    this.vitest = vitest
  }

  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const coverages = modules
      .map((module) => module.meta().contract)
      .filter((one): one is Coverage => one !== undefined)
    if (process.env.CONTRACT_REPORT) process.stdout.write(`\n${coverageReport(coverages)}\n`)
    if (!(await this.isWholeRun(modules))) return
    const missing = unseen(coverages)
    if (missing.length === 0) return
    process.stderr.write(
      `\nThe document declares these statuses, and no test has seen them:\n  ${missing.join('\n  ')}\nProvoke them in test/document/every-status.test.ts, or take them out of the document.\n`,
    )
    process.exitCode = 1
  }

  /** Whether every file of every project ran, without a filter by name. Failed tests have said enough. */
  private async isWholeRun(modules: readonly TestModule[]): Promise<boolean> {
    if (!this.vitest || this.vitest.config.testNamePattern || process.env.TEST_URL) return false
    const all = await this.vitest.globTestSpecifications()
    return modules.length === all.length && modules.every((module) => module.ok())
  }
}
