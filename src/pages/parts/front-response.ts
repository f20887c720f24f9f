import type { Context } from 'hono'
import type { AppEnv } from '../../api/context.ts'
import { clientOf } from '../own-client.ts'
import { frontPage } from '../routes/front.ts'
import { textsIn } from '../texts/texts.ts'
import { languageOf } from './language-switch.ts'
import { pageHeaders } from './shell.ts'
import type { AppFetch } from './web-env.ts'

/** The front page for this visitor, logged in or not. */
export async function respondWithFrontPage(c: Context<AppEnv>, fetch: AppFetch) {
  const language = languageOf(c)
  const deps = c.get('deps')
  const t = await textsIn(language, deps)
  const page = await frontPage({ api: clientOf(c, { fetch, language }), config: deps.config, language, t })
  return { page, headers: { ...pageHeaders, 'Content-Language': language } }
}
