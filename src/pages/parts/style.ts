/** The only stylesheet. In both colour schemes the contrast is at least 4.5 to 1; a test checks it with axe. */
export const style = `:root {
  color-scheme: light dark;
  --paper: light-dark(#fbfaf7, #16191a);
  --raised: light-dark(#fff, #1d2122);
  --sunken: light-dark(#f1efe9, #232829);
  --ink: light-dark(#1f2624, #e4e8e5);
  --quiet: light-dark(#5a6460, #a3aeaa);
  --line: light-dark(#dedbd2, #343b3b);
  --field: light-dark(#8b918d, #6f7a77);
  --accent: light-dark(#0f6b5c, #6fd0bc);
  --on-accent: light-dark(#fff, #06231e);
  --wash: light-dark(#e3f0ec, #1b332e);
  --danger: light-dark(#a3262a, #ff9d97);
  --danger-wash: light-dark(#fbeceb, #3a1f20);
  --mark: light-dark(#fbe9a9, #5c4d12);
  --serif: 'Iowan Old Style', 'Palatino Linotype', Palatino, 'Noto Serif', Georgia, serif;
  --sans: system-ui, -apple-system, 'Segoe UI', Roboto, 'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans KR', 'Noto Sans CJK KR', sans-serif;
  --mono: ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace;
  font: 1rem/1.6 var(--sans);
}
:lang(ko) { word-break: keep-all; overflow-wrap: anywhere }
*, ::before, ::after { box-sizing: border-box }
html { -webkit-text-size-adjust: 100% }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--paper); color: var(--ink) }
.bar, main { width: 100%; max-width: 48rem; margin: 0 auto; padding-inline: 1.25rem }
main { flex: 1; padding-block: 2.5rem 4rem; outline: 0 }
main.wide, .bar.wide { max-width: 68rem }
a { color: var(--accent); text-underline-offset: .18em; text-decoration-thickness: .06em }
a:hover { text-decoration-thickness: .12em }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px }
.skip { position: absolute; left: -999rem }
.skip:focus { left: 1rem; top: .75rem; z-index: 1; padding: .5rem 1rem; background: var(--raised) }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }

.top { border-bottom: 1px solid var(--line) }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1.5rem; padding-block: .75rem }
.brand { display: inline-flex; align-items: center; gap: .5rem; font-weight: 650; letter-spacing: -.01em; color: var(--ink); text-decoration: none; margin-right: auto }
.brand svg { color: var(--accent) }
.bar ul { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1.25rem; margin: 0; padding: 0; list-style: none }
.bar li a { display: inline-block; padding-block: .25rem; color: var(--ink); text-decoration: none }
.bar li a:hover { text-decoration: underline }
.bar a[aria-current] { color: var(--accent); box-shadow: 0 2px 0 var(--accent) }
footer { border-top: 1px solid var(--line); font-size: .875rem }
footer .bar { padding-block: 1.25rem; justify-content: space-between }
footer .bar li a { color: var(--quiet) }
footer form { display: flex; gap: 1rem }
footer [aria-pressed=true] { color: var(--ink); font-weight: 600; text-decoration: none }

h1, h2, h3, h4, .entry h2, .kicker { line-height: 1.25; text-wrap: balance; overflow-wrap: anywhere }
h1 { font: 600 clamp(1.75rem, 1.4rem + 1.6vw, 2.4rem)/1.2 var(--serif); letter-spacing: -.015em; margin: 0 0 1rem }
h2 { font: 600 1.35rem/1.3 var(--serif); margin: 2.5rem 0 .75rem }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem }
h1:lang(ko), h2:lang(ko) { font-family: var(--sans); letter-spacing: -.02em }
p { margin: 0 0 1rem }
.kicker { color: var(--accent); font-weight: 650; font-size: .875rem; letter-spacing: .04em; margin-bottom: .5rem }
.lead { font-size: 1.15rem; color: var(--quiet); max-width: 38rem }
.hint, .meta { color: var(--quiet); font-size: .9rem }
.meta { display: flex; flex-wrap: wrap; gap: .25rem .85rem; align-items: center; margin: 0 }
.meta a:not(.tag) { color: inherit }
.narrow { max-width: 26rem; margin-inline: auto }
.head { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: baseline; justify-content: space-between; margin-bottom: 1.25rem }
.head h1, .head h2 { margin: 0 }
hr { border: 0; border-top: 1px solid var(--line); margin: 2.5rem 0 }

.entries { list-style: none; margin: 0; padding: 0 }
.entry { padding: 1.5rem 0; border-top: 1px solid var(--line) }
.entry:first-child { border-top: 0; padding-top: .5rem }
.entry h2 { font-size: 1.4rem; margin: 0 0 .25rem }
.entry h2 a { color: var(--ink); text-decoration: none }
.entry h2 a:hover { color: var(--accent); text-decoration: underline }
.entry p { margin: 0 0 .5rem; overflow-wrap: anywhere }
mark { background: var(--mark); color: inherit; border-radius: 2px; padding: 0 .1em }
.tag { display: inline-block; padding: 0 .6rem; border-radius: 1rem; background: var(--wash); color: var(--accent); font-size: .85rem; line-height: 1.65; text-decoration: none; overflow-wrap: anywhere }
.tag:hover { text-decoration: underline }
.badge { padding: 0 .5rem; border: 1px solid var(--field); border-radius: .35rem; font-size: .8rem; color: var(--quiet) }
.empty { padding: 3rem 1rem; text-align: center; color: var(--quiet); border: 1px dashed var(--line); border-radius: .75rem }
.pages { display: flex; justify-content: space-between; gap: 1rem; padding-top: 1.5rem; border-top: 1px solid var(--line) }

.field { margin-bottom: 1.1rem }
label, .label { display: block; font-weight: 600; margin-bottom: .3rem }
.field .hint { margin: -.15rem 0 .35rem }
input, textarea, select, button { font: inherit; color: inherit }
input:not([type=hidden], [type=checkbox]), textarea, select { width: 100%; padding: .55rem .75rem; border: 1px solid var(--field); border-radius: .5rem; background: var(--raised) }
fieldset { border: 0; margin: 0 0 1.1rem; padding: 0 }
.choice { display: flex; gap: .6rem; align-items: baseline; font-weight: 400; margin: 0 }
textarea { resize: vertical; line-height: 1.6 }
textarea.long { font-family: var(--mono); font-size: .925rem; min-height: 18rem }
[aria-invalid=true] { border-color: var(--danger) !important; box-shadow: 0 0 0 1px var(--danger) }
.fault { color: var(--danger); margin: .35rem 0 0; font-size: .925rem }
button, .button { display: inline-block; padding: .55rem 1.15rem; border: 1px solid var(--accent); border-radius: .5rem; background: var(--accent); color: var(--on-accent); font-weight: 600; line-height: 1.4; text-decoration: none; cursor: pointer }
button:hover, .button:hover { filter: brightness(1.08) }
.second { background: transparent; color: var(--accent) }
.danger { background: transparent; border-color: var(--danger); color: var(--danger) }
.small { padding: .25rem .7rem; font-size: .875rem }
.plain { padding: .25rem 0; border: 0; background: none; color: inherit; font-weight: inherit; text-align: start }
.plain:hover { text-decoration: underline }
footer .plain { color: var(--quiet) }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; margin: 1.25rem 0 1.75rem }
.search { display: flex; gap: .5rem; margin-bottom: 1.25rem }
.search > :first-child { flex: 1; min-width: 0 }
.search .field { margin: 0 }
.filters { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center; margin-bottom: 1.5rem }

.notice, .alert { padding: .8rem 1rem; border-radius: .5rem; margin-bottom: 1.5rem }
.notice { background: var(--wash) }
.alert { background: var(--danger-wash); border-left: 4px solid var(--danger) }
.alert p, .alert ul { margin: 0 }
.alert a { color: inherit }
.alert ul { padding-left: 1.1rem }

.prose { font: 1.125rem/1.75 var(--serif); overflow-wrap: anywhere; margin: 2rem 0 }
.prose:lang(ko) { font-family: var(--sans); font-size: 1.0625rem }
.prose > :first-child { margin-top: 0 }
.prose h2, .prose h3, .prose h4, .prose h5, .prose h6 { font-family: var(--sans); font-size: 1.2rem; margin: 2rem 0 .5rem }
.prose blockquote { margin: 1.25rem 0; padding-left: 1.1rem; border-left: 3px solid var(--accent); color: var(--quiet) }
.prose li { margin: .25rem 0 }
.prose table { border-collapse: collapse; display: block; overflow-x: auto; margin: 1.25rem 0; font: .95rem/1.5 var(--sans) }
.prose th, .prose td { padding: .4rem .75rem; border: 1px solid var(--line); text-align: left }
code, pre { font-family: var(--mono); font-size: .875em }
pre { overflow-x: auto; padding: 1rem 1.15rem; border-radius: .6rem; background: var(--sunken); line-height: 1.55; position: relative }
pre code { font-size: inherit }
:not(pre) > code { background: var(--sunken); padding: .1em .35em; border-radius: .3em; overflow-wrap: anywhere }
pre.kept, .diff { white-space: pre-wrap; overflow-wrap: anywhere }
.diff { font: 1rem/1.7 var(--serif); padding: 1.15rem; border: 1px solid var(--line); border-radius: .6rem; background: var(--raised) }
.diff:lang(ko) { font-family: var(--sans) }
del { background: var(--danger-wash); color: var(--danger); text-decoration-thickness: .08em }
ins { background: var(--wash); color: var(--accent); text-decoration-thickness: .08em }
.copy { position: absolute; top: .55rem; right: .55rem; padding: .1rem .6rem; font: 600 .8rem/1.6 var(--sans); background: var(--raised); color: var(--accent); border-color: var(--line) }
.terminal { position: relative; margin: 0 0 1.25rem }
.terminal pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; padding-right: 4.5rem }

.comment { padding: 1.1rem 0; border-top: 1px solid var(--line) }
.comment .text { white-space: pre-wrap; overflow-wrap: anywhere; margin: .35rem 0 .25rem }
.comment details { display: inline-block; vertical-align: top; margin-right: 1rem }
.comment details[open] { display: block; margin: .5rem 0 }
.comment details form { margin-top: .6rem }
summary { cursor: pointer; color: var(--quiet); font-size: .9rem; padding-block: .15rem }
details.card summary { color: inherit; font-size: 1rem; font-weight: 600 }

.card { padding: 1.25rem 1.4rem; margin-bottom: 1.25rem; background: var(--raised); border: 1px solid var(--line); border-radius: .75rem }
.card > :last-child { margin-bottom: 0 }
.card h2 { margin-top: 0 }
.card.grave { border-color: var(--danger) }
.rows { list-style: none; margin: 0; padding: 0 }
.rows > li { display: flex; flex-wrap: wrap; gap: .5rem 1rem; justify-content: space-between; align-items: center; padding: .8rem 0; border-top: 1px solid var(--line) }
.rows > li:first-child { border-top: 0 }
.rows p { margin: 0 }
.rows form { display: flex; flex-wrap: wrap; gap: .5rem }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr)); gap: 1rem; margin: 1.5rem 0 2rem; padding: 0; list-style: none }
.grid .card { margin: 0 }
.grid h2, .grid h3 { font: 600 1.05rem/1.4 var(--sans); margin: 0 0 .25rem }
.grid p { margin: 0; color: var(--quiet); font-size: .95rem }
dl.facts { display: grid; grid-template-columns: auto 1fr; gap: .35rem 1.25rem; margin: 0 }
.facts dt { color: var(--quiet) }
.facts dd { margin: 0; overflow-wrap: anywhere }
.dot { display: inline-block; width: .6rem; height: .6rem; border-radius: 50%; background: var(--accent); margin-right: .45rem }
.dot.bad { background: var(--danger) }
nav.tabs { margin-bottom: 1.5rem }
nav.tabs ul { display: flex; gap: 1.25rem; list-style: none; margin: 0; padding: 0; border-bottom: 1px solid var(--line) }
nav.tabs a { display: inline-block; padding: .45rem 0; color: var(--quiet); text-decoration: none }
nav.tabs a[aria-current] { color: var(--accent); font-weight: 600; box-shadow: 0 2px 0 var(--accent) }
@media (max-width: 40rem) {
  main { padding-block: 1.75rem 3rem }
  .bar ul { gap: .1rem 1rem }
  .top nav { font-size: .95rem }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth } }
@media print { .top nav, footer, form, .pages { display: none } }
`
