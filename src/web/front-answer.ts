import type { Context } from 'hono'
import type { AppEnv } from '../context.ts'
import { frontPage } from './front.ts'
import { languageOf } from './language-switch.ts'
import { clientOf } from './own-client.ts'
import { pageHeaders } from './shell.ts'
import type { AppFetch } from './visit.ts'

/** The front page for this visitor, who need not be anybody. */
export async function frontAnswer(c: Context<AppEnv>, fetch: AppFetch) {
  const language = languageOf(c)
  const { config } = c.get('deps')
  const page = await frontPage({ api: clientOf(c, { fetch, language }), config, language })
  return { page, headers: { ...pageHeaders, 'Content-Language': language } }
}
