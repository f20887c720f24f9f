import { html } from 'hono/html'
import type { MiddlewareHandler } from 'hono'
import type { AnyProblem } from '../client/index.ts'
import { ApiError } from '../errors.ts'
import { readBytes } from '../http/read-body.ts'
import type { Html } from './layout.ts'
import type { Texts } from './texts.ts'
import type { WebContext, WebEnv } from './visit.ts'

/**
 * Lets forms of our own pages pass alone, and reads them. Browsers tell where a form comes from: `Sec-Fetch-Site`,
 * or `Origin` where it is too old or the server too plain for that. The cookies are SameSite=Lax besides.
 * @throws ApiError auth.cross_site, request.…
 */
export const ownForms: MiddlewareHandler<WebEnv> = async (c, next) => {
  if (c.req.method === 'POST') {
    const site = c.req.header('Sec-Fetch-Site')
    const own = c.var.deps.config.PUBLIC_URL ?? new URL(c.req.url).origin
    if (site ? site !== 'same-origin' : c.req.header('Origin') !== own) throw new ApiError('auth.cross_site')
    c.set('form', await readForm(c))
  }
  await next()
}

/** The texts of the form that was sent. */
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
    const sent = await new Response(bytes as BodyInit, { headers: { 'Content-Type': type } }).formData()
    // Browsers send line breaks as CR LF; what people wrote has none of that.
    for (const [name, value] of sent) if (typeof value === 'string') form.append(name, value.replaceAll('\r\n', '\n'))
  } catch (error) {
    throw new ApiError('request.malformed', { cause: error })
  }
  return form
}

/** Gives a form its values back and each its fault. */
export interface Sent {
  values: URLSearchParams
  problem?: AnyProblem
}

/** The field that an error is about: the first part of its pointer, or its name. */
function fieldOf({ pointer, name }: { pointer?: string; name?: string }): string {
  return pointer?.split('/')[1] ?? name ?? ''
}

/** What is wrong, field by field. */
function faultsOf(problem: AnyProblem | undefined): [field: string, message: string][] {
  if (problem?.code === 'users.username_taken') return [['username', problem.detail]]
  if (problem?.code === 'users.email_taken') return [['email', problem.detail]]
  if (problem?.code === 'auth.wrong_password')
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
  isShownOnly?: boolean
  /** A text area of so many lines. */
  rows?: number
}

/** One field with its label, hint and fault. */
export function field(sent: Sent, { name, label, type = 'text', hint, autocomplete, rows, ...is }: Field): Html {
  const [, fault] = faultsOf(sent.problem).find(([faulty]) => faulty === name) ?? []
  const value = type === 'password' ? '' : (sent.values.get(name) ?? '')
  const notes = [hint !== undefined && `${name}-hint`, fault !== undefined && `${name}-fault`].filter(Boolean).join(' ')
  const shared = html`id="${name}" name="${name}" ${notes && html`aria-describedby="${notes}"`} ${fault !== undefined && html`aria-invalid="true"`} ${!is.isOptional && 'required'} ${autocomplete && html`autocomplete="${autocomplete}"`}`
  return html`<div class="field">
    <label for="${name}">${label}</label>
    ${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`}
    ${rows === undefined ? html`<input type="${type}" value="${value}" ${shared} ${isName(type, name) && html`autocapitalize="none" spellcheck="false"`}>` : html`<textarea rows="${rows}" ${shared}>
${value}</textarea>`}
    ${fault !== undefined && html`<p class="fault" id="${name}-fault">${fault}</p>`}
  </div>`
}

function isName(type: string, name: string): boolean {
  return type === 'email' || name === 'username'
}

/** Says above a form what is wrong, and leads to the fields; what has no field here is only said. */
export function banner(t: Texts, { problem }: Sent, fields: readonly string[]): Html | '' {
  if (!problem) return ''
  const faults = faultsOf(problem).filter(([name]) => fields.includes(name) || problem.errors)
  const lines = faults.map(([name, message]) =>
    fields.includes(name)
      ? html`<li><a href="#${name}">${t.fields[name as keyof Texts['fields']]}</a>: ${message}</li>`
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
