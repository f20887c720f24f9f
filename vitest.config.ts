import { defineConfig } from 'vitest/config'
import { ContractReporter } from './test/support/contract-reporter.ts'

/** The tests of the API, against what the project is named after. */
const apiProject = (name: string) => ({
  test: {
    name,
    // The pages are tried in detail in one place, and what a runtime could spoil (test/api/pages.test.ts) everywhere.
    include: ['test/api/**/*.test.ts', ...(name === 'in-process' ? ['test/pages/**/*.test.ts'] : [])],
    globalSetup: ['test/support/global-api.ts'],
    setupFiles: ['test/support/setup-api.ts'],
    isolate: false, // the files of a worker share one app and one compiled document; they share no rows
  },
})

/**
 * On workerd each request dials the database, so tests mostly wait: several at once take a third of the time. A number
 * of workers of its own needs a turn of its own.
 */
function onWorkerd({ test }: ReturnType<typeof apiProject>) {
  return { test: { ...test, maxWorkers: 4, sequence: { groupOrder: 1 } } }
}

/** Tests of stopping, crashing, waiting and being busy: nothing else may run beside them. */
const aboutTime = [
  'test/faults/*.test.ts',
  ...['node/crash', 'node/stop', 'auth/passwords'].map((name) => `test/${name}.test.ts`),
]

const everything = [
  ...['in-process', 'http-embedded', 'http-postgres'].map(apiProject),
  onWorkerd(apiProject('http-worker')),
  // They start processes and wait for them: two at once take half of the time.
  {
    test: {
      name: 'node',
      include: ['test/{auth,client,commands,conform,db,document,node,project,text,worker}/**/*.test.ts'],
      exclude: aboutTime,
      globalSetup: ['test/support/global-postgres.ts'],
      maxWorkers: 2,
      sequence: { groupOrder: 2 },
    },
  },
  // What clients of the five systems did that this one replaces, over HTTP.
  { test: { name: 'seeds', include: ['test/seeds/*.test.ts'], maxWorkers: 2, sequence: { groupOrder: 2 } } },
  { test: { name: 'faults', include: aboutTime, maxWorkers: 1, sequence: { groupOrder: 3 } } },
  { test: { name: 'browser', include: ['test/browser/*.test.ts'] } },
]

export default defineConfig({
  test: {
    // TEST_URL=https://… npm test: the tests of the API alone, against any Gatepost that runs.
    projects: process.env.TEST_URL ? [apiProject('url')] : everything,
    reporters: ['default', ...(process.env.TEST_REPORT ? ['json'] : []), new ContractReporter()],
    ...(process.env.TEST_REPORT && { outputFile: { json: process.env.TEST_REPORT } }),
    testTimeout: process.env.CI ? 60_000 : 20_000,
    hookTimeout: 120_000,
    retry: process.env.CI ? 2 : 0, // CI runs on busy machines, and some tests are about time
  },
})
