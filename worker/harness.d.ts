// The parts of Wrangler's harness that the tests use, so that types are checked without Wrangler: `npm ci` does not
// install it.

export interface TestHarness {
  listen(): Promise<{ url: URL }>
  fetch(path: string): Promise<Response>
  getLogs(): { message: string }[]
  getWorker(): { scheduled(options: object): Promise<{ outcome: string }> }
  close(): Promise<void>
}

type WorkerOptions =
  | { configPath: string; prebuiltWorkerDir: string; vars: Record<string, string> }
  | { config: { name: string; main: string; compatibility_date: string } }

export function createTestHarness(options: { root?: string; workers: WorkerOptions[] }): TestHarness
