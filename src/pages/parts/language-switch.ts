import { type Context, Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { isLanguage, type Language, preferredLanguage } from '../../errors/language.ts'
import { formOf } from './form.ts'
import { nextOf } from './next.ts'
import type { WebEnv } from './web-env.ts'

const languageCookie = 'gatepost_language'
const aYear = 31_536_000

/** The language of the switch on the pages, otherwise of the browser. */
export function languageOf(c: Pick<Context, 'req'>): Language {
  const chosen = getCookie(c as Context, languageCookie)
  return isLanguage(chosen) ? chosen : preferredLanguage(c.req.header('Accept-Language'))
}

export const languageRoutes = new Hono<WebEnv>().post('/app/language', (c) => {
  const language = formOf(c).get('language') ?? ''
  if (isLanguage(language)) {
    const secure = c.var.deps.config.PUBLIC_URL?.startsWith('https:') ?? false
    setCookie(c, languageCookie, language, {
      path: '/',
      sameSite: 'Lax',
      httpOnly: true,
      secure,
      maxAge: aYear,
    })
  }
  return c.redirect(nextOf(formOf(c).get('next')), 303)
})
