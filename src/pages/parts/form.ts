import type { MiddlewareHandler } from 'hono'
import { html } from 'hono/html'
import type { AnyProblem } from '../../../packages/client/src/index.ts'
import { ApiError } from '../../errors/api-error.ts'
import { readBytes } from '../../http/read-body.ts'
import type { Texts } from '../texts/texts.ts'
import { longText } from './long-text.ts'
import type { Html } from './shell.ts'
import type { WebContext, WebEnv } from './web-env.ts'

/**
 * Accepts only forms of our own pages, and parses them. The browser sends the origin of a form: in `Sec-Fetch-Site`, or
 * in `Origin` if the browser is old or the server uses plain http. In addition, the cookies are SameSite=Lax.
 * @throws ApiError auth.cross_site, request.…
 */
export const sameOriginForms: MiddlewareHandler<WebEnv> = async (c, next) => {
  if (c.req.method === 'POST') {
    const site = c.req.header('Sec-Fetch-Site')
    const own = c.var.deps.config.PUBLIC_URL ?? new URL(c.req.url).origin
    if (site ? site !== 'same-origin' : c.req.header('Origin') !== own) throw new ApiError('auth.cross_site')
    c.set('form', await readForm(c))
  }
  await next()
}

/** The fields of the form that was sent. */
export function formOf(c: WebContext): URLSearchParams {
  return c.var.form ?? new URLSearchParams()
}

async function readForm(c: WebContext): Promise<URLSearchParams> {
  const type = c.req.header('Content-Type') ?? ''
  if (!/^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type))
    throw new ApiError('request.unsupported_media_type')
  const bytes = await readBytes(c.req, c.var.deps.config.BODY_LIMIT)
  const form = new URLSearchParams()
  try {
    const sent = await new Response(bytes as Uint8Array<ArrayBuffer>, {
      headers: { 'Content-Type': type },
    }).formData()
    // Browsers send line breaks as CR LF; texts are stored with LF.
    for (const [name, value] of sent)
      if (typeof value === 'string') form.append(name, value.replaceAll('\r\n', '\n'))
  } catch (error) {
    throw new ApiError('request.malformed', { cause: error })
  }
  return form
}

/** The values and errors of a refused form, for showing it again. */
export interface Sent {
  values: URLSearchParams
  problem?: AnyProblem | undefined
  /** A prefix of the ids of the fields, for pages with several forms. */
  prefix?: string
}

/** The field of an error: the first part of its pointer, or its name. */
function fieldOf({ pointer, name }: { pointer?: string; name?: string }): string {
  return pointer?.split('/')[1] ?? name ?? ''
}

/** The errors of a problem, field by field. */
function faultsOf(problem: AnyProblem | undefined): [field: string, message: string][] {
  if (problem?.code === 'users.username_taken') return [['username', problem.detail]]
  if (problem?.code === 'users.email_taken') return [['email', problem.detail]]
  if (problem?.code === 'auth.wrong_password' || problem?.code === 'auth.fresh_login_needed')
    return ['current_password', 'password'].map((name) => [name, problem.detail])
  return (problem?.errors ?? []).map((error) => [fieldOf(error), error.message])
}

interface Field {
  name: string
  label: string
  type?: 'text' | 'password' | 'email' | 'search'
  hint?: string
  autocomplete?: string
  isOptional?: boolean
  /** Lines of a text area; a plain input if absent. */
  rows?: number
  isLong?: boolean
}

/** One field with its label, hint and error. */
export function field(
  sent: Sent,
  { name, label, type = 'text', hint, autocomplete, rows, ...is }: Field,
): Html {
  const { problem, values, prefix = '' } = sent
  const id = prefix + name
  const [, fault] = faultsOf(problem).find(([faulty]) => faulty === name) ?? []
  const value = type === 'password' ? '' : (values.get(name) ?? '')
  const notes = [hint !== undefined && `${id}-hint`, fault !== undefined && `${id}-fault`].filter(Boolean)
  const shared = html`id="${id}" name="${name}" ${notes.length > 0 && html`aria-describedby="${notes.join(' ')}"`} ${fault !== undefined && html`aria-invalid="true"`} ${!is.isOptional && 'required'} ${autocomplete && html`autocomplete="${autocomplete}"`}`
  const control =
    rows === undefined
      ? html`<input type="${type}" value="${value}" ${shared} ${isName(type, name) && html`autocapitalize="none" spellcheck="false"`}>`
      : // HTML drops a first line break after the tag. This one is dropped instead of the first one of the text.
        html`<textarea rows="${rows}" ${is.isLong && html`class="long"`} ${shared}>
${longText(value)}</textarea>`
  return html`<div class="field">
    <label for="${id}">${label}</label>
    ${hint !== undefined && html`<p class="hint" id="${id}-hint">${hint}</p>`}
    ${control}
    ${fault !== undefined && html`<p class="fault" id="${id}-fault">${fault}</p>`}
  </div>`
}

function isName(type: string, name: string): boolean {
  return type === 'email' || name === 'username'
}

/** The summary of errors above a form, with links to the fields. Errors without a field here have no link. */
export function banner(t: Texts, { problem, prefix = '' }: Sent, fields: readonly string[]): Html | '' {
  if (!problem) return ''
  const faults = faultsOf(problem).filter(([name]) => fields.includes(name) || problem.errors)
  const lines = faults.map(([name, message]) =>
    fields.includes(name)
      ? html`<li><a href="#${prefix}${name}">${t.fields[name as keyof Texts['fields']]}</a>: ${message}</li>`
      : html`<li>${message}</li>`,
  )
  return html`<div class="alert" role="alert">
    <p><strong>${problem.title}</strong></p>${lines.length > 0 ? html`<ul>${lines}</ul>` : html`<p>${problem.detail}</p>`}
  </div>`
}

/** Hidden fields. */
export function hidden(values: Record<string, string | undefined>): Html[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [html`<input type="hidden" name="${name}" value="${value}">`],
  )
}
