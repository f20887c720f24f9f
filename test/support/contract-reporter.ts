import type { Reporter, TestModule, Vitest } from 'vitest/node'
import { type Coverage, coverageReport, unseen } from '../../packages/conform/src/contract/coverage.ts'
import './target.ts'

/** The file that provokes the statuses that all operations share. */
const everyStatus = 'test/document/every-status.test.ts'

/**
 * Fails a run of all tests (`npm test`) if the document declares a status that no response has had. With
 * CONTRACT_REPORT=1 it prints all statuses of all operations, also after a run of some tests.
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
      `\nThe document declares these statuses, and no test has seen them:\n  ${missing.join('\n  ')}\nProvoke them in ${everyStatus}, or take them out of the document.\n`,
    )
    process.exitCode = 1
  }

  /** True for `npm test`: every file, no failure and no filter by name. A failed test needs no second message. */
  private async isWholeRun(modules: readonly TestModule[]): Promise<boolean> {
    if (!this.vitest || this.vitest.config.testNamePattern) return false
    if (!modules.some(({ moduleId }) => moduleId.endsWith(everyStatus))) return false
    const all = await this.vitest.globTestSpecifications()
    return modules.length === all.length && modules.every((module) => module.ok())
  }
}
