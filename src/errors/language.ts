import { parseAccept } from 'hono/utils/accept'

const languages = ['en', 'ko'] as const
export type Language = (typeof languages)[number]

/**
 * The reader's preferred language (Accept-Language, RFC 9110, section 12.5.4); English if the header names no supported
 * language. `ko-KR` counts as `ko`, and `*` as English.
 */
export function preferredLanguage(header: string | undefined): Language {
  if (!header || !/ko/i.test(header)) return 'en' // nearly all requests
  const quality = (language: Language) =>
    Math.max(
      0,
      ...parseAccept(header).map(({ type, q }) => (type.toLowerCase().split('-', 1)[0] === language ? q : 0)),
    )
  return quality('ko') > quality('en') ? 'ko' : 'en'
}

/** Whether this is the code of a supported language. */
export function isLanguage(text: string | undefined): text is Language {
  return text === 'en' || text === 'ko'
}
