/**
 * Families of texts for which the time of some Markdown renderers or text comparisons grows faster than the length.
 * Each function returns a text of about `n` characters.
 */
type Family = (n: number) => string

const fill =
  (unit: string): Family =>
  (n) =>
    unit.repeat(Math.ceil(n / unit.length)).slice(0, n)
const half =
  (left: string, right: string, middle: string): Family =>
  (n) => {
    const times = Math.floor((n - middle.length) / (left.length + right.length))
    return left.repeat(times) + middle + right.repeat(times)
  }
const lines =
  (make: (index: number) => string): Family =>
  (n) => {
    let text = ''
    for (let index = 0; text.length < n; index++) text += make(index)
    return text.slice(0, n)
  }

export const hostileTexts: Record<string, Family> = {
  plain: fill('The quick brown fox jumps over the lazy dog. '),
  paragraphs: fill('The *quick* **brown** [fox](/x) `jumps` over the lazy dog.\n\n'),
  'one long word': fill('a'),
  korean: fill('다람쥐 헌 쳇바퀴에 '),
  '*a_': fill('*a_'),
  '*a _b ': fill('*a _b '),
  '**a__': fill('**a__'),
  '**a *b': fill('**a *b '),
  'a**b*c_': fill('a**b*c_d'),
  '*': fill('*'),
  _: fill('_'),
  '*a ': fill('*a '),
  'a*': fill('a* '),
  '***a': fill('***a'),
  'emph open/close': half('*', 'a*', 'x'),
  '**..a..**': half('**', '**', 'a'),
  '*a **a': half('*a **a ', 'a** a*', 'b'),
  '~~a*': fill('~~a*'),
  '~a': fill('~a'),
  '~~a ': fill('~~a '),
  '~': fill('~'),
  'a_**': fill('a_**b '),
  '*_': fill('*_'),
  '_a __b*': fill('_a __b*c '),
  '**x* ': fill('**x* '),
  mod3: fill('a***b**c*d'),
  '[': fill('['),
  '[a': fill('[a'),
  '[a](': fill('[a]('),
  '![': fill('!['),
  '![](': fill('![]('),
  '[[]': fill('[[]'),
  '[]': fill('[]'),
  '[a][b]': fill('[a][b]'),
  ']': fill(']'),
  '[..]': half('[', ']', 'a'),
  '[..](a)': half('[', '](a)', 'a'),
  '![..](a)': half('![', '](a)', 'a'),
  '[a](<b': fill('[a](<b'),
  '[a](b "': fill('[a](b "'),
  "[a](b 'c": fill("[a](b 'c"),
  '[a](((': (n) => `[a](${'('.repeat(n - 5)}`,
  '[a](b(': fill('[a](b('),
  '[ (\\': fill('[a](\\'),
  '[a]: <b': fill('[a]: <b'),
  '[a][': fill('[a]['),
  '[`': fill('[`'),
  '[*': fill('[*'),
  '[a*](b)_': fill('[a*](b)_'),
  '[![a](b)](c)': fill('[![a](b)](c)'),
  '[x]( ': (n) => `[x](${' '.repeat(n - 4)}`,
  '[x](a "': (n) => `[x](a "${'b'.repeat(n - 7)}`,
  '[x](a\\n': fill('[x](a\n'),
  '`': fill('`'),
  'rising backticks': lines((i) => `e${'`'.repeat(i + 1)}`),
  'rising backticks spaced': lines((i) => `${'`'.repeat(i + 1)} `),
  falling: (n) =>
    lines((i) => `${'`'.repeat(i + 1)}a`)(n)
      .split('')
      .reverse()
      .join(''),
  '`a': fill('`a'),
  '``a`': fill('``a`'),
  '`` ': fill('`\\` '),
  '```\\n': fill('```\n'),
  '~~~': fill('~~~\n'),
  '```a\\n````': lines((i) => `${'`'.repeat(3 + i)}\n`),
  '<': fill('<'),
  '<a': fill('<a '),
  '<!--': fill('<!--'),
  '<!-- a': fill('<!-- a\n\n'),
  '<?': fill('<?'),
  '<![CDATA[': fill('<![CDATA['),
  '<!A': fill('<!A '),
  '<a b="': fill('<a b="'),
  '</a': fill('</a'),
  '<a><': fill('<a>'),
  '<http:': fill('<http:a'),
  '<a@b.': fill('<a@b.'),
  '<a@': (n) => `<a@${'a.'.repeat(n / 2)}`,
  '<x ...': (n) => `<x${' a'.repeat(n / 2)}`,
  '<x x=y': (n) => `<x${' a=b'.repeat(n / 4)}`,
  '<div>\\n': fill('<div>\n'),
  '<pre>\\n': fill('<pre>\n'),
  '<><><': fill('<>'),
  '>': fill('>'),
  '> ': fill('> '),
  '>\\n': fill('>\n'),
  '> a\\n': fill('> a\n'),
  '>> stairs': lines((i) => `${'>'.repeat((i % 400) + 1)} a\n`),
  '>>>\\n\\n': fill('>>>>>>>>a\n\n'),
  '> lazy': (n) => `${'>'.repeat(Math.min(1000, n / 2))}a\n${'b\n'.repeat(n / 2 - 500)}`,
  '> ```': fill('> ```\n'),
  '- ': fill('- '),
  '- a\\n': fill('- a\n'),
  '-\\n': fill('-\n'),
  '-\\n\\n': fill('-\n\n'),
  '* ': fill('* '),
  '1. ': fill('1. '),
  '1) a\\n': fill('1) a\n'),
  'list stairs': lines((i) => `${' '.repeat(i * 2)}- a\n`),
  'list stairs mod': lines((i) => `${' '.repeat((i % 200) * 2)}- a\n`),
  'list blank': fill('- a\n\n  b\n\n'),
  '- - - a': fill('- - - a\n'),
  '> - ': fill('> - '),
  '- > ': fill('- > '),
  'list + lazy': (n) => `${'- '.repeat(500)}a\n${'b\n'.repeat((n - 1002) / 2)}`,
  'list of tasks': fill('- [ ] a\n'),
  '* a\\n\\n\\n': (n) => `- a\n${'\n'.repeat(n - 4)}`,
  '- x\\n  y': (n) => `- x\n${'  y\n'.repeat(n / 4)}`,
  '*\\t': fill('*\t'),
  'list spaces': (n) => `-${' '.repeat(n - 1)}`,
  tabs: fill('\t'),
  'list 1 tab': fill('-\ta\n'),
  '- nested w/ blank': (n) => {
    return lines((i) => `${' '.repeat(2 * (i % 100))}- a\n\n`)(n)
  },
  'table wide': (n) => `${'|a'.repeat(n / 4)}|\n${'|-'.repeat(n / 4)}|`,
  'table wide long': (n) => {
    const w = Math.floor(Math.sqrt(n))
    return `${'|a'.repeat(w)}|\n${'|-'.repeat(w)}|\n${'|\n'.repeat((n - 4 * w) / 2)}`
  },
  'table rows': (n) => `|a|b|\n|-|-|\n${'|c|d|\n'.repeat(n / 6)}`,
  '| ': fill('| '),
  '|\\n|-': fill('|\n|-\n'),
  'a|b\\n': fill('a|b\n'),
  '|a\\n': fill('|a\n'),
  'a | b\\n-|-\\n': fill('a|b\n-|-\n'),
  '|-|-\\n': fill('|-|-\n'),
  '|:': fill('|:'),
  '\\\\|': fill('|\\|'),
  '|`': fill('|`'),
  'table autocompletion': (n) => {
    const w = Math.floor(n / 4)
    return `${'x|'.repeat(w / 2)}\n${'-|'.repeat(w / 2)}\n${'x\n'.repeat(n / 4)}`
  },
  definitions: lines((i) => `[${i}]: /u\n`),
  'definitions x uses': (n) => `${lines((i) => `[a${i}]: /u\n`)(n / 2)}\n${lines((i) => `[a${i}] `)(n / 2)}`,
  'one long def x uses': (n) => `[a]: /${'u'.repeat(n / 2)}\n\n${'[a]'.repeat(n / 6)}`,
  'long title x uses': (n) => `[a]: /u "${'t'.repeat(n / 2)}"\n\n${'[a]'.repeat(n / 6)}`,
  '[a]: ': fill('[a]: '),
  '[a]:\\n': fill('[a]:\n'),
  '[a]: b "': fill('[a]: b "\n'),
  '[a]: b (\\n': fill('[a]: b (\n'),
  '[\\n': fill('[\n'),
  '[a\\n': fill('[a\n'),
  '[a\\\\\\n': fill('[a\\\n'),
  'def label long': (n) => `[${'a'.repeat(n - 1)}`,
  'def escaped': (n) => `[${'\\a'.repeat(n / 2)}`,
  'def title lines': (n) => `[a]: b "${'c\n'.repeat(n / 2)}`,
  '[x]: y\\n"z': fill('[x]: y\n"z\n'),
  'same def': fill('[a]: /u\n'),
  'unmatched refs': (n) => `[a]: /u\n\n${'[b] '.repeat(n / 4)}`,
  'defs lazy': fill('> [a]: /u\n'),
  'http://': fill('http://'),
  'http://a.': fill('http://a.'),
  'http://a.b/ ': fill('http://a.b/ '),
  'www.': fill('www.'),
  'www.a.b ': fill('www.a.b '),
  'http://a(((': (n) => `http://a.b/${'('.repeat(n - 11)}`,
  'http...)))': (n) => `http://a.b/${')'.repeat(n - 11)}`,
  'http...???': (n) => `http://a.b/${'?!'.repeat(n / 2)}`,
  'http...;': (n) => `http://a.b/${'&amp;'.repeat(n / 5)}`,
  'a@': fill('a@'),
  'a@a.': fill('a@a.'),
  'a.a.a@': (n) => `${'a.'.repeat(n / 2)}@`,
  'a@b.c ': fill('a@b.c '),
  'long local': (n) => `${'a'.repeat(n / 2)}@${'b'.repeat(n / 2)}`,
  'a@-': fill('a@b-'),
  'a_@': fill('a_@'),
  '@': fill('@'),
  ':': fill(':'),
  '://': fill('://'),
  'h:': fill('http:'),
  'mailto:': fill('mailto:'),
  xmpp: fill('xmpp:a@b.c/'),
  '.': fill('.'),
  'a.b': fill('a.b'),
  'a-b.': fill('a-.'),
  '_.': fill('_.'),
  '//': fill('//'),
  '+': fill('+'),
  'http://_': (n) => `http://${'_'.repeat(n)}`,
  localhost: fill('//localhost:'),
  'a.com': fill('a.com '),
  'a.com/': fill('a.com/('),
  '1.1.1.1': fill('1.1.1.1'),
  'a.com"': fill('http://a.com/"'),
  "http'": fill("http://a.com/'"),
  'http[': fill('http://a.com/['),
  'http{': fill('http://a.com/{'),
  'http{{{': (n) => `http://a.com/${'{'.repeat(n)}`,
  'http ..': (n) => `http://a.com/${'.'.repeat(n)}`,
  'http --': (n) => `http://a.com/${'-'.repeat(n)}`,
  'https://[': fill('https://['),
  '&': fill('&'),
  '&a': fill('&a'),
  '&amp': fill('&amp'),
  '&amp;': fill('&amp;'),
  '&#': fill('&#'),
  '&#1': fill('&#1'),
  '&#x': fill('&#x'),
  '&#35;': fill('&#35;'),
  '&aaa': (n) => `&${'a'.repeat(n)}`,
  '\\\\': fill('\\'),
  '\\\\*': fill('\\*'),
  '\\\\[': fill('\\['),
  '\\\\`': fill('\\`'),
  '\\\\\\n': fill('\\\n'),
  '[^1]': fill('[^1]'),
  '[^1]: a': lines((i) => `[^${i}]: a\n`),
  footnotes: (n) => `${lines((i) => `[^${i}] `)(n / 2)}\n\n${lines((i) => `[^${i}]: a\n\n`)(n / 2)}`,
  '[^': fill('[^'),
  '^[': fill('^['),
  '^[a]': fill('^[a]'),
  '[^a] x': (n) => `[^a]: x\n\n${'[^a]'.repeat(n / 4)}`,
  'fn nested': (n) => half('[^', ']', 'a')(n),
  '[^a]: [^a]': fill('[^a]: [^a]\n'),
  '=': fill('='),
  'a\\n=': fill('a\n=\n'),
  '-': fill('-'),
  'a\\n-': fill('a\n-\n'),
  'a\\n===': (n) => 'a\n'.repeat(n / 4) + '='.repeat(n / 2),
  '---\\n': fill('---\n'),
  '- - -': fill('- - '),
  '* * *': fill('* * * \n'),
  'hr almost': (n) => `${'* '.repeat(n / 2)}a`,
  '_ ': fill('_ '),
  'a\\n': fill('a\n'),
  '# ': fill('# '),
  '#': fill('#'),
  '# a #': (n) => `# a${' #'.repeat(n / 2)}`,
  '# ####': (n) => `# ${'#'.repeat(n - 4)} a`,
  '#\\n': fill('#\n'),
  '# a   ': (n) => `# a${' '.repeat(n - 4)}b`,
  'trailing spaces': (n) => `a${' '.repeat(n - 1)}`,
  'spaces a': (n) => `a${' '.repeat(n - 2)}b`,
  'a  \\n': fill('a  \n'),
  'many spaces lines': fill(`a${' '.repeat(50)}\n`),
  'spaces x200': fill(`a${' '.repeat(300)}`),
  leading: fill(`${' '.repeat(20)}a\n`),
  '\\n': (n) => `a${'\n'.repeat(n - 2)}b`,
  ' \\n': fill(' \n'),
  '    ': fill('    a\n'),
  'code blank': (n) => `    a\n${'\n'.repeat(n - 10)}    b`,
  'a\\t': fill('a\t'),
  'unicode punct': fill('*“a”_'),
  fullwidth: fill('*。_「'),
  emoji: fill('*👍_'),
  nbsp: fill('\u00a0*a'),
  cr: fill('a\r'),
  u2028: fill('\u2028*'),
  zwj: fill('\u200d_*'),
  combining: fill('a\u0301*_'),
  'surrog punct': fill('*\u{1F100}_'),
  quotes: fill('"a\' '),
  '""': fill('"'),
  "'": fill("'a"),
  '--': fill('--.'),
  '...': fill('...(c)'),
  'setext in quotes': fill('> a\n=\n'),
  'li + code': fill('- ```\n'),
  'x5 mixed': fill('*[_`<&\\!(~|>]'),
  mixed2: fill('![*_](<a> "b")~~`c`'),
  mixed3: fill('**[a_*](b)__ <c@d.e> &amp; `f'),
  'html+md': fill('<b>*a_</b>'),
  'table with emph': (n) => `|a|b|\n|-|-|\n${'|*a_|**b__|\n'.repeat(n / 12)}`,
  'def before': (n) => '[a]: b\n'.repeat(n / 14) + '*a_'.repeat(n / 6),
  'list of *a_': fill('- *a_\n'),
  'heading *a_': (n) => `# ${'*a_'.repeat(n / 3)}`,
  'deep list * ': (n) => {
    let s = ''
    for (let i = 0; s.length < n; i++) s += `${'  '.repeat(i % 50)}* *a_\n`
    return s.slice(0, n)
  },
}

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const pieces =
  '* _ ** __ ~~ ~ ` `` ``` [ ] ( ) ![ ]( ](<  <  > <!-- --> & &amp; &# \\\\ | |- : # - + 1. = == --- http:// www. a@b.c [^1] [^1]: [x]: /u " \' ! . , a b 한 😀'
    .split(' ')
    .concat(' ', '  ', '\n', '\n\n', '\n> ', '\n- ', '\n    ', '\t')

/** Random pieces of Markdown, repeated to the length. */
export function randomText(random: () => number, n: number): string {
  const unit = Array.from(
    { length: 1 + Math.floor(random() * 7) },
    () => pieces[Math.floor(random() * pieces.length)],
  )
  return fill(unit.join('') || 'a')(n)
}

/** Sentences of Markdown whose words are all different, so that a lost word is noticed. */
export function randomWords(random: () => number, n: number): string {
  let text = ''
  for (let word = 0; text.length < n; word++) {
    const piece = random() < 0.6 ? (pieces[Math.floor(random() * pieces.length)] ?? '') : ' '
    text += `${piece}word${word}x`
  }
  return text
}
