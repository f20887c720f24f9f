import { Hono } from 'hono'
import { html } from 'hono/html'
import { show } from './layout.ts'
import { publicAddress } from './public-address.ts'
import type { WebEnv } from './web-env.ts'

const example = (baseUrl: string) => `import { createClient } from 'gatepost/client'

const api = createClient({ baseUrl: '${baseUrl}' })
await api.logIn({ username: 'ada', password: 'correct horse battery' })

const { data, error } = await api.GET('/posts/{id}', { params: { path: { id: 1 } } })
if (error?.code === 'posts.not_found') console.log('There is no such post.')
else if (error) console.log(error.detail)
else console.log(data.title)

for await (const post of api.pages('/posts')) console.log(post.title)`

/** The page that introduces the TypeScript client; the front page links to it. */
export const clientPageRoutes = new Hono<WebEnv>().get('/app/client', (c) => {
  const { t } = c.var.visit
  const { front, clientPage } = t
  return show(c, {
    title: front.clientTitle,
    content: html`<h1>${front.clientTitle}</h1><p class="lead">${clientPage.lead}</p>
      <div class="terminal" data-copy="${front.copy}" data-copied="${front.copied}"><pre tabindex="0"><code>${example(publicAddress(c.var.deps.config))}</code></pre></div>
      <ul>${clientPage.points.map((point) => html`<li>${point}</li>`)}</ul>`,
  })
})
