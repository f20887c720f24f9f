import type { Context } from 'hono'
import {
  createClient,
  type GatepostClient,
  inMemory,
  type SessionStore,
} from '../../packages/client/src/index.ts'
import type { AppEnv } from '../api/context.ts'
import type { Language } from '../errors/language.ts'
import type { AppFetch } from './parts/web-env.ts'

interface OwnClient {
  fetch: AppFetch
  language: Language
  session?: SessionStore
}

/** Headers of the browser that the API should see. */
const passedOn = ['User-Agent', 'X-Forwarded-For', 'CF-Connecting-IP']

/** A client that calls the app in this process, without a network. */
export function clientOf(
  c: Context<AppEnv>,
  { fetch, language, session = inMemory() }: OwnClient,
): GatepostClient {
  const headers: Record<string, string> = { 'Accept-Language': language, 'X-Request-Id': c.get('requestId') }
  for (const name of passedOn) {
    const value = c.req.header(name)
    if (value !== undefined) headers[name] = value
  }
  return createClient({
    baseUrl: new URL(c.req.url).origin,
    fetch: async (request) => fetch(request, c.env, executionOf(c)),
    headers,
    attempts: 1, // a person can try again; the page should not wait
    session,
  })
}

function executionOf(c: Context<AppEnv>): Context['executionCtx'] | undefined {
  try {
    return c.executionCtx
  } catch {
    return undefined // absent on Node
  }
}
