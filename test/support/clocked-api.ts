import type { Deps } from '../../src/api/context.ts'
import { type Api, createApi } from './api.ts'
import { createContract } from './contract.ts'
import { createTestApp, type openTestDatabase } from './in-process.ts'
import { rootAdmin } from './settings.ts'

interface Overrides extends Partial<Deps> {
  /** A database that the caller closes. */
  database?: Awaited<ReturnType<typeof openTestDatabase>>
}

/** An API in this process whose clock the test moves. Its responses are checked against its document too. */
export async function openClockedApi(
  env: Record<string, string> = {},
  { database, ...overrides }: Overrides = {},
) {
  const clock = { now: Date.now() }
  const app = await createTestApp(env, { now: () => clock.now, ...overrides }, database)
  const origin = env.PUBLIC_URL ?? 'http://localhost'
  const send = (path: string, init: RequestInit) => app.fetch(new Request(origin + path, init))
  const document = (await (await send('/openapi.json', {})).json()) as object
  const contract = createContract(document, { undocumented: ['/docs/', '/app', '/app/'] })
  const api: Api = createApi(send, contract, { kind: 'in-process', admin: rootAdmin })
  const wait = (seconds: number) => {
    clock.now += seconds * 1000
  }
  return { api, wait, close: app.close }
}
