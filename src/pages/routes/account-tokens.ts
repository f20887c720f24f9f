import { Hono } from 'hono'
import { html } from 'hono/html'
import type { ApiToken, CreateApiToken, NewApiToken } from '../../../packages/client/src/index.ts'
import { tokenScopeNames, tokenScopes } from '../../api/scopes.ts'
import { banner, field, formOf, type Sent } from '../parts/form.ts'
import { done, show } from '../parts/layout.ts'
import { moment } from '../parts/moment.ts'
import { nextPage, pageQuery } from '../parts/paging.ts'
import type { Html } from '../parts/shell.ts'
import type { Visit, WebContext, WebEnv } from '../parts/web-env.ts'
import { filled, type Texts } from '../texts/texts.ts'
import { failed, redirectToLogIn } from './problem-page.ts'

const list = '/app/account/tokens'

/** Scopes that only admins can use, so that the form offers them only to admins. */
const adminScopes: readonly string[] = ['audit:read', 'users:write']

const lifetimes = [7, 30, 90, 365]
const day = 86_400

/** The page with the user's API tokens and the form for a new one; `sent` is a refused form. */
async function tokensPage(c: WebContext, sent: Sent): Promise<Response> {
  const { visit } = c.var
  const { t, api } = visit
  const { data, error, response } = await api.GET('/users/me/tokens', { params: { query: pageQuery(c, 20) } })
  if (error) return failed(c, { error, response })
  const now = new Date(c.var.deps.now()).toISOString()
  return show(c, {
    title: t.tokens,
    status: sent.problem?.status ?? 200,
    content: html`<div class="head"><h1>${t.tokens}</h1><a href="/app/account">${t.account}</a></div>
      <p class="hint">${t.tokensText}</p>
      ${data.items.length === 0 && html`<p class="empty">${t.noTokens}</p>`}
      <ul class="rows">${data.items.map((token) => tokenRow(visit, token, now))}</ul>
      ${nextPage(c, data.next_cursor, t.older)}
      ${newTokenForm(visit, sent)}`,
  })
}

function tokenRow({ t, language }: Visit, token: ApiToken, now: string): Html {
  const isOver = token.expires_at <= now
  return html`<li>
    <div><p><strong><bdi>${token.name}</bdi></strong> <code>${token.prefix}…${token.last_four}</code>
      ${isOver && html`<span class="badge">${t.expired}</span>`}</p>
      <p class="meta"><span>${token.scopes.map((scope) => html`<code>${scope}</code> `)}</span></p>
      <p class="meta"><span>${t.expires} ${moment(token.expires_at, language, 'time')}</span>
        <span>${token.last_used_at === null ? t.neverUsed : html`${t.lastUsed} ${moment(token.last_used_at, language, 'time')}`}</span>
        <span>${token.last_used_address ?? ''}</span></p></div>
    <form method="post" action="${list}/${token.id}/revoke">
      <button class="danger small" aria-label="${filled(t.revokeOf, token.name)}">${t.revoke}</button></form>
  </li>`
}

function newTokenForm({ t, user }: Visit, sent: Sent): Html {
  const scopes = tokenScopeNames.filter((scope) => user?.role === 'admin' || !adminScopes.includes(scope))
  const chosen = sent.values.getAll('scopes')
  const life = sent.values.get('expires_in') ?? String(90 * day)
  return html`<section class="card" aria-labelledby="new-token"><h2 id="new-token">${t.newToken}</h2>
    ${banner(t, sent, ['name', 'scopes', 'expires_in', 'current_password'])}
    <form method="post" action="${list}">
      ${field(sent, { name: 'name', label: t.fields.name, hint: t.tokenNameHint, autocomplete: 'off' })}
      <fieldset id="scopes" aria-describedby="scopes-hint"><legend class="label">${t.fields.scopes}</legend>
        <p class="hint" id="scopes-hint">${t.scopesHint}</p>
        ${scopes.map(
          (
            scope,
          ) => html`<label class="choice"><input type="checkbox" name="scopes" value="${scope}" ${chosen.includes(scope) && 'checked'}>
            <span>${scopeText(t, scope)} <code>${scope}</code></span></label>`,
        )}</fieldset>
      <div class="field"><label for="expires_in">${t.fields.expires_in}</label>
        <select id="expires_in" name="expires_in">${lifetimes.map((days) => {
          const seconds = String(days * day)
          return html`<option value="${seconds}" ${seconds === life && 'selected'}>${filled(t.days, days)}</option>`
        })}</select></div>
      ${field(sent, { name: 'current_password', label: t.fields.current_password, type: 'password', hint: t.passwordWhenLongAgo, autocomplete: 'current-password', isOptional: true })}
      <button>${t.createToken}</button>
    </form></section>`
}

/** The text of a scope; scopes of added resources are not translated. */
function scopeText(t: Texts, scope: keyof typeof tokenScopes): string {
  const texts: Record<string, string> = t.scopes
  return texts[scope] ?? tokenScopes[scope]
}

function createdPage(c: WebContext, { name, token }: NewApiToken): Promise<Response> {
  const { t } = c.var.visit
  return show(c, {
    title: t.createdToken,
    content: html`<h1>${t.createdToken}</h1><p><strong><bdi>${name}</bdi></strong></p>
      <p class="notice" role="status">${t.createdTokenText}</p>
      <div class="terminal" data-copy="${t.front.copy}" data-copied="${t.front.copied}"><pre tabindex="0"><code>${token}</code></pre></div>
      <p><a href="${list}">${t.backToTokens}</a></p>`,
  })
}

/** Reads the form without validation, since the API validates it. */
function tokenIn(form: URLSearchParams): CreateApiToken {
  const password = form.get('current_password')
  return {
    name: form.get('name') ?? '',
    scopes: form.getAll('scopes') as CreateApiToken['scopes'],
    expires_in: Number(form.get('expires_in') ?? 90 * day),
    ...(password && { current_password: password }),
  }
}

export const accountTokensRoutes = new Hono<WebEnv>()
  .get(list, (c) =>
    c.var.visit.user ? tokensPage(c, { values: new URLSearchParams() }) : redirectToLogIn(c),
  )
  .post(list, async (c) => {
    const form = formOf(c)
    const { data, error, response } = await c.var.visit.api.POST('/users/me/tokens', { body: tokenIn(form) })
    if (data) return createdPage(c, data)
    return [403, 409, 422, 429].includes(error.status)
      ? tokensPage(c, { values: form, problem: error })
      : failed(c, { error, response })
  })
  .post(`${list}/:id{[0-9a-f-]{36}}/revoke`, async (c) => {
    const path = { id: c.req.param('id') }
    const { error, response } = await c.var.visit.api.DELETE('/users/me/tokens/{id}', { params: { path } })
    // A second click finds the token already revoked, which is what the user wants.
    if (error && error.code !== 'api_tokens.not_found') return failed(c, { error, response })
    return done(c, list, 'tokenRevoked')
  })
