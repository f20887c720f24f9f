import { html } from 'hono/html'
import type { Language } from '../../errors/language.ts'
import type { Html } from './shell.ts'

type Style = 'date' | 'time'

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(language: Language, style: Style): Intl.DateTimeFormat {
  const known = formats.get(language + style)
  if (known) return known
  const time = style === 'time' ? ({ timeStyle: 'short' } as const) : {}
  const options = { dateStyle: 'medium', timeZone: 'UTC', ...time } as const
  const format = new Intl.DateTimeFormat(language, options)
  formats.set(language + style, format)
  return format
}

/** A time in UTC. With scripts, the browser shows it in its own time zone. */
export function moment(iso: string, language: Language, style: Style = 'date'): Html {
  const text = formatOf(language, style).format(new Date(iso))
  return html`<time datetime="${iso}" data-style="${style}">${text}${style === 'time' && ' UTC'}</time>`
}
