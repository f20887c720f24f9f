import { describe, expect, test } from 'vitest'
import { difference } from '../../src/pages/difference/difference.ts'
import { markdown } from '../../src/pages/markdown/markdown.ts'
import { en } from '../../src/pages/texts/en.ts'
import { hostileTexts, randomText, randomWords, seeded } from '../support/hostile-texts.ts'

const longest = 100_000
/** About ten times what a page may compute without a pause, because code is slow when it runs first. */
const maxMilliseconds = 100

/** Processor time of this thread, which does not depend on other programs. */
function processorTime(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** The longest time for which a computation blocked the event loop, in milliseconds of processor time. */
async function longestWait(compute: () => Promise<unknown>): Promise<number> {
  let startedAt = processorTime()
  let longestOne = 0
  const notice = () => {
    longestOne = Math.max(longestOne, processorTime() - startedAt)
    startedAt = processorTime()
  }
  let isDone = false
  const computed = compute().finally(() => {
    isDone = true
  })
  notice()
  while (!isDone) {
    await new Promise((resolve) => setTimeout(resolve, 0))
    notice()
  }
  await computed
  return longestOne
}

/** The text and addresses that a page shows, without markup. */
function textOf(html: string): string {
  const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'" }
  return html.replace(/&(lt|gt|amp|quot|#39);/g, (_, name: string) => entities[name] ?? '')
}

describe('a hostile body', () => {
  test.each(Object.entries(hostileTexts))('A body of %j does not delay other requests', async (_, make) => {
    for (const length of [5_000, longest]) {
      const source = make(length)
      let shortest = Number.POSITIVE_INFINITY
      for (let attempt = 0; attempt < 3 && shortest > maxMilliseconds; attempt++)
        shortest = Math.min(shortest, await longestWait(() => markdown(source, en)))
      expect(shortest).toBeLessThan(maxMilliseconds)
    }
  })

  test('A body of random pieces does not delay other requests', async () => {
    const random = seeded(16)
    for (let round = 0; round < 100; round++) {
      const source = randomText(random, longest)
      let shortest = Number.POSITIVE_INFINITY
      for (let attempt = 0; attempt < 3 && shortest > maxMilliseconds; attempt++)
        shortest = Math.min(shortest, await longestWait(() => markdown(source, en)))
      expect([source.slice(0, 60), shortest < maxMilliseconds]).toEqual([source.slice(0, 60), true])
    }
  })

  test('A body that needs too much work is shown as it was written, with a note', async () => {
    const source = '*a_'.repeat(30_000)
    const html = String(await markdown(source, en))
    expect(html).toContain(en.shownAsWritten)
    expect(html).toContain(source)
  })
})

describe('completeness of rendered texts', () => {
  test.each([
    ['a footnote', 'One[^1] two[^note].\n\n[^1]: Three\n[^note]: four five'],
    ['a definition that no link uses', 'Zero\n\n[one]: https://two.example "three"\n[four]: /five'],
    ['a second definition', '[one]\n\n[one]: https://two.example\n[one]: https://three.example'],
    ['HTML', '<div class="one">two</div> <!-- three --> <four five="six">'],
    ['a cell too many', '| one | two |\n|---|---|\n| three | four | five | six |'],
    ['a cell too many in a quote', '> | one |\n> |---|\n> | two | three |'],
    ['the rest of an info string', '```js one="two" three\nfour\n```'],
    [
      'a link to an address that is not allowed',
      '[one](javascript:two) [three](four.html "five") ![six](seven)',
    ],
    ['a title', '[one](https://two.example "three") ![four](/five "six")'],
    ['a link in the text of a picture', '![one [two](https://three.example)](/four)'],
    [
      'a list within lists within lists',
      Array.from({ length: 60 }, (_, i) => `${'  '.repeat(i)}- deep${i}`).join('\n'),
    ],
    ['a quote within quotes within quotes', `${'>'.repeat(200)} one`],
    ['an empty link', '[one]() [](https://two.example)'],
  ])('No part of a text disappears with %s', async (_, source) => {
    const shown = textOf(String(await markdown(source, en)))
    expect((source.match(/\w+/g) ?? []).filter((word) => !shown.includes(word))).toEqual([])
  })

  test('No part of a text of random pieces disappears', async () => {
    const random = seeded(2)
    for (let round = 0; round < 300; round++) {
      const source = randomWords(random, 400)
      const shown = textOf(String(await markdown(source, en))).replaceAll('%0A', '')
      const lost = (source.match(/word\d+x/g) ?? []).filter((word) => !shown.includes(word))
      expect([source, lost]).toEqual([source, []])
    }
  })
})

describe('comparisons of two versions', () => {
  const rows = (count: number, make: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => make(index)).join('\n')
  const pairs: [string, string, string][] = [
    ['short lines that share nothing', rows(20_000, (i) => `a${i}`), rows(20_000, (i) => `b${i}`)],
    ['one letter a line', rows(50_000, () => 'a'), rows(50_000, () => 'b')],
    ['lines moved by one', `x\n${rows(49_000, () => 'a')}`, `${rows(49_000, () => 'a')}\nx`],
    [
      'lines in other rhythms',
      rows(40_000, (i) => 'ab'.charAt(i % 2)),
      rows(40_000, (i) => 'abc'.charAt(i % 3)),
    ],
    [
      'one line of other words',
      rows(15_000, (i) => `a${i}`).replaceAll('\n', ' '),
      rows(15_000, (i) => `b${i}`).replaceAll('\n', ' '),
    ],
    ['punctuation moved by one', `x${'.,'.repeat(49_000)}`, `${'.,'.repeat(49_000)}x`],
    ['empty lines', `${'\n'.repeat(99_999)}a`, `a${'\n'.repeat(90_000)}`],
    [
      'many changed lines',
      rows(900, (i) => (i % 9 ? `same ${i}` : `a ${i} `.repeat(60))),
      rows(900, (i) => (i % 9 ? `same ${i}` : `b ${i} `.repeat(60))),
    ],
  ]

  test.each(pairs)(
    'The comparison of %s does not delay other requests, and shows both versions',
    async (_, before, after) => {
      const version = { title: 'T', tags: [] }
      let html = ''
      let shortest = Number.POSITIVE_INFINITY
      for (let attempt = 0; attempt < 3 && shortest > maxMilliseconds; attempt++) {
        const wait = await longestWait(async () => {
          html = String(await difference(en, { ...version, body: before }, { ...version, body: after }))
        })
        shortest = Math.min(shortest, wait)
      }
      expect(shortest).toBeLessThan(maxMilliseconds)
      const plain = html.replace(/<span class="unseen">.*?<\/span>/g, '')
      const [old, now] = [/<ins>[^<]*<\/ins>/g, /<del>[^<]*<\/del>/g].map((hidden) =>
        plain
          .replace(/^[\s\S]*<div class="diff"[^>]*>/, '')
          .replace(/<\/div>[\s\S]*$/, '')
          .replace(hidden, '')
          .replace(/<[^>]*>/g, ''),
      )
      expect(old?.trimEnd() === before.trimEnd()).toBe(true)
      expect(now?.trimStart() === after.trimStart()).toBe(true)
    },
  )

  test('Versions that differ a little are compared by words', async () => {
    const [before, after] = ['One two three.\nFour.\nFive six.\n', 'One 2 three.\nFour.\nFive six seven.\n']
    const html = String(
      await difference(en, { title: 'T', tags: [], body: before }, { title: 'T', tags: [], body: after }),
    )
    expect(html).not.toContain(en.tooDifferent)
    expect(
      html
        .match(/<(?:ins|del)><span[^>]*>[^<]*<\/span>[^<]*/g)
        ?.map((change) => change.replace(/<[^>]*>[^<]*<\/span>/, '')),
    ).toEqual(['<del>two', '<ins>2', '<ins> seven'])
  })
})
