import { html } from 'hono/html'
import type { AppContext } from '../../api/context.ts'
import { wordings } from '../../errors/problem-language.ts'
import { type ProblemCode, problemCodes, problems } from '../../errors/problems.ts'
import { languageOf } from '../parts/language-switch.ts'
import { type Html, pageHeaders, shell } from '../parts/shell.ts'
import { textsIn } from '../texts/texts.ts'

/** The page about all problems, or about one. */
export async function problemsPage(c: AppContext, code?: ProblemCode) {
  const language = languageOf(c)
  const t = await textsIn(language, c.get('deps'))
  const worded = await wordings(c, language)
  const title = code ? worded[code].title : t.problems
  const content = code
    ? explanation(code)
    : html`<h1>${title}</h1><ul class="rows">${problemCodes.map(
        (each) =>
          html`<li><a href="/problems/${each}">${worded[each].title}</a> <span class="meta"><code>${each}</code> HTTP ${problems[each].status}</span></li>`,
      )}</ul>`

  function explanation(code: ProblemCode): Html {
    const { title, detail, advice } = worded[code]
    return html`<p class="kicker">HTTP ${problems[code].status}</p><h1>${title}</h1>
      <p class="lead">${detail}</p><p>${advice}</p>
      <p class="meta"><code>${code}</code> <a href="/problems">${t.allProblems}</a> <a href="/docs">${t.apiDocs}</a></p>`
  }

  const page = await shell({ title, language, t, here: code ? `/problems/${code}` : '/problems', content })
  return {
    page,
    headers: { ...pageHeaders, 'Content-Language': language, Vary: 'Accept, Accept-Language, Cookie' },
  }
}
