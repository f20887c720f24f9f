import { html } from 'hono/html'
import { hidden } from './form.ts'
import { show } from './layout.ts'
import type { WebContext } from './web-env.ts'

const readable = ['title', 'body', 'tags']

/** After the log-in: the form that was kept, with a button that sends it. */
export async function resumePage(c: WebContext, action: string, kept: string): Promise<Response> {
  const { t } = c.var.visit
  const fields = keptFields(kept)
  const texts = fields.filter(([name, value]) => readable.includes(name) && value !== '')
  return show(c, {
    title: t.resume,
    content: html`<h1>${t.resume}</h1><p>${t.resumeText}</p>
      <form method="post" action="${action}" enctype="multipart/form-data">
        ${fields.map(([name, value]) => hidden({ [name]: value }))}
        <div class="buttons"><button>${t.sendNow}</button></div>
      </form>
      ${texts.map(([, value]) => html`<pre class="kept" tabindex="0">${value}</pre>`)}`,
  })
}

/** The fields in a text of `keptForm`; an empty list for any other text. */
function keptFields(kept: string): [name: string, value: string][] {
  try {
    return (JSON.parse(kept) as unknown[][]).map(([name, value]) => [String(name), String(value)])
  } catch {
    return []
  }
}
