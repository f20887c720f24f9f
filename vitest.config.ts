import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { ContractReporter } from './test/support/contract-reporter.ts'

// docs/testing.md says which test runs where, and why.

/** The tests of the API against one target, which has the project's name (test/support/target.ts). */
const apiProject = (name: string) => ({
  test: {
    name,
    // The pages run in detail in one project, and what a runtime could spoil (test/api/pages.test.ts) in all.
    include: ['test/api/**/*.test.ts', ...(name === 'in-process' ? ['test/pages/**/*.test.ts'] : [])],
    globalSetup: ['test/support/global-api.ts'],
    setupFiles: ['test/support/setup-api.ts'],
    isolate: false, // the files of a worker share one app and one compiled document; they share no rows
  },
})

/** These fail on a busy machine, or keep it busy themselves: one file at a time, with nothing beside it. */
const faults = ['test/faults/*.test.ts', 'test/auth/passwords.test.ts', 'test/node/{crash,stop}.test.ts']

/** These need Wrangler and workerd. */
const worker = ['test/worker/{conform-worker,dev-worker,worker}.test.ts']

/** These run the tools of others: generators, packers, compilers, proxies. */
const tools = [
  'test/client/client-package.test.ts',
  'test/document/generators.test.ts',
  'test/project/coming-from-flask.test.ts',
]

/** These start a service, a command or a PostgreSQL server for each of many tests. */
const processes = [
  'test/auth/{key-rotation,revocation}.test.ts',
  'test/client/client-runtimes.test.ts',
  'test/commands/*.test.ts',
  'test/conform/conform.test.ts',
  'test/db/{batch,db-embedded,db-faults,db-migrate,postgres-connect,postgres-pooler,postgres-rights,postgres-support}.test.ts',
  'test/node/{early-responses,log-secrets,metrics,start,tracing}.test.ts',
  'test/project/{curl-lines,shell-lines}.test.ts',
  'test/text/names-stored.test.ts',
]

const apart = [...faults, ...worker, ...tools, ...processes]

/** What guards a contributor: both databases, real HTTP, every operation and status. */
const usual = [
  ...['in-process', 'http-embedded', 'http-postgres'].map(apiProject),
  {
    test: {
      name: 'unit',
      include: ['test/{auth,client,commands,conform,db,document,node,project,text,worker}/**/*.test.ts'],
      exclude: [...apart, '**/node_modules/**'], // test/db/older-postgres has packages of its own
      globalSetup: ['test/support/global-postgres.ts'],
    },
  },
  // What clients of the five systems did that this one replaces, over HTTP.
  { test: { name: 'seeds', include: ['test/seeds/*.test.ts'] } },
]

const others = [
  apiProject('http-worker'),
  { test: { name: 'worker', include: worker } },
  { test: { name: 'processes', include: processes, globalSetup: ['test/support/global-postgres.ts'] } },
  { test: { name: 'tools', include: tools } },
  { test: { name: 'faults', include: faults, maxWorkers: 1, sequence: { groupOrder: 1 } } },
  { test: { name: 'browser', include: ['test/browser/*.test.ts'] } },
]

/** `npm test test/faults/x.test.ts` and `npm test -- --project faults` mean what they say. */
const isChosen = process.argv.slice(2).some((argument) => /^--project|^test\//.test(argument))

export default defineConfig({
  test: {
    // TEST_URL=https://… npm test: the tests of the API alone, against any Gatepost that runs.
    projects: process.env.TEST_URL ? [apiProject('url')] : [...usual, ...(isChosen ? others : [])],
    reporters: ['default', ...(process.env.TEST_REPORT ? ['json'] : []), new ContractReporter()],
    ...(process.env.TEST_REPORT && { outputFile: { json: process.env.TEST_REPORT } }),
    // Half of the work is in servers beside the test processes: fewer would wait.
    maxWorkers: Math.max(2, availableParallelism()),
    // A limit for what hangs, not a measure: other programs may use the machine.
    testTimeout: 60_000,
    // The parts that .ci/run has beside `npm test` start processes and wait for them, on a machine that may be busy.
    retry: process.env.CI && !process.env.CONTRACT_REPORT ? 2 : process.env.CI ? 1 : 0,
    hookTimeout: 120_000,
  },
})
