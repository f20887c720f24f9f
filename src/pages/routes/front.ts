import { html } from 'hono/html'
import type { GatepostClient } from '../../../packages/client/src/index.ts'
import type { Config } from '../../config/config.ts'
import type { Language } from '../../errors/language.ts'
import { demoUserId } from '../../http/fields.ts'
import { publicAddress } from '../parts/public-address.ts'
import { type Html, shell } from '../parts/shell.ts'
import type { Texts } from '../texts/texts.ts'
import { version } from '../version.generated.ts'

interface Front {
  api: GatepostClient
  config: Config
  language: Language
  t: Texts
}

/** The front page: what Gatepost is, its state, and links to everything else. */
export async function frontPage({ api, config, language, t }: Front): Promise<Html> {
  const f = t.front
  const [ready, demo] = await Promise.all([api.GET('/readyz'), hasDemo(api, config)])
  return shell({
    title: f.title,
    language,
    t,
    here: '/',
    content: html`<h1>${f.heading}</h1>
      <p class="lead">${f.lead}</p>
      <p class="buttons"><a class="button" href="/app">${f.open}</a><a class="button second" href="/docs">${f.tryDocs}</a></p>
      <section class="card" aria-labelledby="status"><h2 id="status">${f.status}</h2>
        <dl class="facts"><dt>${f.health}</dt><dd>${health(t, ready.error?.detail)}</dd>
          <dt>${f.database}</dt><dd>${config.DATABASE_URL ? f.server : f.embedded}</dd>
          <dt>${f.version}</dt><dd>${version}</dd></dl></section>
      ${demo && html`<p class="notice"><strong>${f.demo}.</strong> ${f.demoText} <a href="/app/log-in?username=demo">${t.logIn}</a></p>`}
      <h2>${f.start}</h2>
      <ul class="grid">${linksOf(t).map(
        ([href, title, text, more]) =>
          html`<li class="card"><h3><a href="${href}">${title}</a></h3><p>${text}${more}</p></li>`,
      )}</ul>
      <h2>${f.byHand}</h2>
      ${curlLines(f, publicAddress(config)).map(
        ([what, line]) => html`<p>${what}</p>
      <div class="terminal" data-copy="${f.copy}" data-copied="${f.copied}"><pre><code>${line}</code></pre></div>`,
      )}`,
  })
}

function health(t: Texts, failure: string | undefined): Html {
  return failure === undefined
    ? html`<span class="dot"></span>${t.front.healthy}`
    : html`<span class="dot bad"></span>${t.front.unhealthy}: ${failure}`
}

/** The first demo user has a fixed id, which shows whether the demo data exist. Production has none. */
async function hasDemo(api: GatepostClient, { NODE_ENV }: Config): Promise<boolean> {
  if (NODE_ENV === 'production') return false
  const { data } = await api.GET('/posts', { params: { query: { author: demoUserId, limit: 1 } } })
  return data !== undefined && data.items.length > 0
}

function linksOf({ front: f }: Texts): [href: string, title: string, text: string, more?: Html][] {
  return [
    ['/app', f.pagesTitle, f.pagesText],
    ['/docs', f.docsTitle, f.docsText],
    ['/openapi.json', f.documentTitle, f.documentText, html` <a href="/openapi.yaml">${f.yamlText}</a>`],
    ['/app/client', f.clientTitle, f.clientText],
  ]
}

/** These commands work in this order, any number of times. */
function curlLines(f: Texts['front'], address: string): [what: string, line: string][] {
  const json = "-H 'Content-Type: application/json'"
  return [
    [f.curlLatest, `curl -s '${address}/posts?limit=3'`],
    [
      f.curlRegister,
      `curl -s ${address}/users ${json} \\
  -d '{"username": "ada", "email": "ada@example.com", "password": "correct horse battery"}'`,
    ],
    [
      f.curlLogIn,
      `TOKEN=$(curl -s -X POST ${address}/auth/token -u 'ada:correct horse battery' \\
  | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
    ],
    [f.curlRead, `curl -s ${address}/auth/whoami -H "Authorization: Bearer $TOKEN"`],
    [
      f.curlWrite,
      `curl -s ${address}/posts -H "Authorization: Bearer $TOKEN" ${json} \\
  -d '{"title": "Hello, world", "body": "My first post."}'`,
    ],
  ]
}
