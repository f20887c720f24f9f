import { check, type Group, type Kit } from '../check.ts'
import { itemsOf, type Json } from '../exchange.ts'
import { assert, hasStatus, refuses, same } from '../expect.ts'
import { uniqueWord, writePost } from './writing.ts'

const find = async (kit: Kit, query: Record<string, string> | string): Promise<Json[]> =>
  itemsOf(
    hasStatus(await kit.get(`/posts?${typeof query === 'string' ? query : new URLSearchParams(query)}`), 200),
  )
const idsOf = (items: Json[]) => items.map(({ id }) => id)

const texts: [q: string, right: string, wrong: string][] = [
  ['bees', 'about bees and birds', 'about birds'],
  ['BEES', 'about Bees', 'about birds'],
  ['bees birds', 'birds come before bees', 'only birds'],
  ['"quick brown"', 'the quick brown fox', 'brown and quick'],
  ['fox -lazy', 'the fox runs', 'the lazy fox'],
  ['cat OR dog', 'a dog', 'a bird'],
  ['학교', '나는 학교에서 왔다', '도서관에서 왔다'],
  ['고등학교', '우리 고등학교는 크다', '우리 고등 교실'],
  ['東京', '私は東京都に住む', '京都に住む'],
  ['привет', 'Привет, мир', 'Прощай, мир'],
]

export const search: Group = {
  name: 'search',
  about: 'finding posts by words, tags, author and time',
  checks: [
    check(
      'Words are found in English, Korean and other scripts, as phrases, alternatives and exclusions',
      'Operations',
      async (kit) => {
        const sea = await kit.persona('sea')
        for (const [q, right, wrong] of texts) {
          const tag = uniqueWord()
          const post = await writePost(kit, sea, { body: right, tags: [tag] })
          await writePost(kit, sea, { body: wrong, tags: [tag] })
          same(`the hits for ${q}`, idsOf(await find(kit, { q, tag })), [post.id])
        }
      },
    ),
    check(
      'A word is found in titles and bodies, the newest first, and in no other post',
      'Operations',
      async (kit) => {
        const sea = await kit.persona('sea')
        const word = uniqueWord()
        const inTitle = await writePost(kit, sea, { title: `About ${word}` })
        const inBody = await writePost(kit, sea, { body: `Something on ${word}, twice ${word}` })
        await writePost(kit, sea, { body: `Something on ${word}x` })
        same('the hits', idsOf(await find(kit, { q: word })), [inBody.id, inTitle.id])
        same('the oldest first', idsOf(await find(kit, { q: word, sort: 'oldest' })), [inTitle.id, inBody.id])
        same('by relevance', idsOf(await find(kit, { q: word, sort: 'relevance' })), [inTitle.id, inBody.id])
        same(
          'by relevance, page by page',
          idsOf([...(await find(kit, `q=${word}&sort=relevance&limit=1`))]),
          [inTitle.id],
        )
        same('with its author', idsOf(await find(kit, { q: word, author: sea.username })), [
          inBody.id,
          inTitle.id,
        ])
        same(
          'with another author',
          idsOf(await find(kit, { q: word, author: (await kit.persona('bob')).username })),
          [],
        )
        same('a word that nobody wrote', await find(kit, { q: uniqueWord() }), [])
        refuses(await kit.get('/posts?sort=relevance'), { location: 'query', at: 'sort', code: 'needs_q' })
      },
    ),
    check('What was changed or deleted is found by its new words alone', 'Operations', async (kit) => {
      const sea = await kit.persona('sea')
      const [before, later] = [uniqueWord(), uniqueWord()]
      const { id } = await writePost(kit, sea, { body: before })
      hasStatus(await kit.patch(`/posts/${id}`, { as: sea, json: { body: later } }), 200)
      same('the hits for the old word', await find(kit, { q: before }), [])
      same('the hits for the new word', idsOf(await find(kit, { q: later })), [id])
      hasStatus(await kit.delete(`/posts/${id}`, { as: sea }), 204)
      same('the hits after deleting it', await find(kit, { q: later }), [])
    }),
    check(
      'The excerpt is the text around the first hit, hits between <mark> and </mark>',
      'Operations',
      async (kit) => {
        const sea = await kit.persona('sea')
        const word = uniqueWord()
        await writePost(kit, sea, {
          body: `${'filler '.repeat(300)}<mark>fake</mark> then ${word.toUpperCase()} again ${word}.`,
        })
        const [post] = await find(kit, { q: word })
        assert(
          post?.excerpt?.includes(`<mark>${word.toUpperCase()}</mark> again <mark>${word}</mark>`) &&
            !post.excerpt.includes('<mark>fake'),
          'the hits marked, and nothing else',
          post?.excerpt,
        )
      },
    ),
    check(
      'Tags narrow a list down: one of them, or several together, by their whole name',
      'Operations',
      async (kit) => {
        const sea = await kit.persona('sea')
        const [one, two] = [uniqueWord(), uniqueWord()]
        const both = await writePost(kit, sea, { tags: [one, two] })
        const single = await writePost(kit, sea, { tags: [one] })
        same('one tag', idsOf(await find(kit, `tag=${one}`)), [single.id, both.id])
        same('the other', idsOf(await find(kit, `tag=${two}`)), [both.id])
        same('both', idsOf(await find(kit, `tag=${one}&tag=${two}`)), [both.id])
        same('a part of a tag', idsOf(await find(kit, `tag=${one.slice(0, -1)}`)), [])
        const odd = `ä&=${one.slice(0, 8)} 가`
        const third = await writePost(kit, sea, { tags: [odd] })
        same('a tag with odd characters', idsOf(await find(kit, { tag: odd })), [third.id])
        same('a tag that is not in NFC', idsOf(await find(kit, { tag: odd.normalize('NFD') })), [third.id])
      },
    ),
    check(
      'An author is named by id or username, whatever the case; nobody’s posts are an empty list',
      'Operations',
      async (kit) => {
        const sea = await kit.persona('sea')
        const { id } = await writePost(kit, sea)
        for (const author of [sea.id, sea.username, sea.username.toUpperCase(), sea.id.toUpperCase()]) {
          const found = await find(kit, { author, limit: '100' })
          assert(
            found.some((post) => post.id === id) && found.every((post) => post.author.id === sea.id),
            `the posts of ${sea.username}`,
            idsOf(found),
          )
        }
        for (const author of ['nobody.at.all', '01900000-0000-7000-8000-000000000000'])
          same('nobody’s posts', await find(kit, { author }), [])
      },
    ),
    check(
      'Times of creation narrow a list down, the first one included, the last one not',
      'Operations',
      async (kit) => {
        const sea = await kit.persona('sea')
        const tag = uniqueWord()
        const made = [
          await writePost(kit, sea, { tags: [tag] }),
          await writePost(kit, sea, { tags: [tag] }),
          await writePost(kit, sea, { tags: [tag] }),
        ]
        const [, second, third] = made
        const between = (from: string, to: string) =>
          made
            .filter(({ created_at }) => created_at >= from && created_at < to)
            .map(({ id }) => id)
            .reverse()
        const range = { created_after: second.created_at, created_before: third.created_at }
        same(
          'what lies between',
          idsOf(await find(kit, { tag, ...range })),
          between(second.created_at, third.created_at),
        )
        same(
          'from the second on',
          idsOf(await find(kit, { tag, created_after: second.created_at })),
          between(second.created_at, '9'),
        )
        same(
          'before the second',
          idsOf(await find(kit, { tag, created_before: second.created_at })),
          between('0', second.created_at),
        )
        same(
          'with an offset',
          idsOf(await find(kit, { tag, created_after: '2020-01-01T00:00:00+09:00' })).length,
          3,
        )
        for (const name of ['created_after', 'created_before'])
          refuses(await kit.get(`/posts?${name}=yesterday`), { location: 'query', at: name })
      },
    ),
    check(
      'Posts are ordered by when they were published, not by when they were begun',
      'Operations',
      async (kit) => {
        const sea = await kit.persona('sea')
        const tag = uniqueWord()
        const draft = await writePost(kit, sea, { tags: [tag], status: 'draft' })
        const other = await writePost(kit, sea, { tags: [tag] })
        hasStatus(await kit.patch(`/posts/${draft.id}`, { as: sea, json: { status: 'published' } }), 200)
        same('the newest first', idsOf(await find(kit, { tag })), [draft.id, other.id])
        same('the oldest first', idsOf(await find(kit, { tag, sort: 'oldest' })), [other.id, draft.id])
      },
    ),
    check(
      'No query is a failure: operators, quotes, odd characters and a thousand of them',
      'never',
      async (kit) => {
        const odd = [
          '"',
          "'",
          '\\',
          '&',
          '|',
          '!',
          '( ) : *',
          '%',
          '-',
          '"unclosed phrase',
          '<->',
          'or',
          'OR',
          '안녕 🙂',
          '\u202e',
          '-"',
          "';--",
          ':*',
          '_',
          'x '.repeat(500),
        ]
        for (const q of odd) {
          for (const sort of ['newest', 'relevance'])
            hasStatus(await kit.get(`/posts?${new URLSearchParams({ q, sort, limit: '5' })}`), 200)
        }
        const refused: [string, string][] = [
          ['q=', 'q'],
          ['q=%00', 'q'],
          ['q=%20', 'q'],
          [`q=${'x'.repeat(1001)}`, 'q'],
          [`q=${'x'.repeat(10_000)}`, 'q'],
          ['tag=', 'tag'],
          [`tag=${'x'.repeat(33)}`, 'tag'],
          ['tag=%00', 'tag'],
          ['author=', 'author'],
          ['author=%00', 'author'],
          ['author=a&author=b', 'author'],
          ['sort=random', 'sort'],
          ['q=a&q=b', 'q'],
        ]
        for (const [query, at] of refused)
          refuses(await kit.get(`/posts?${query}`), { location: 'query', at })
        const eleven = Array.from({ length: 11 }, (_, n) => `tag=${n}`).join('&')
        refuses(await kit.get(`/posts?${eleven}`), { location: 'query', at: 'tag' })
      },
    ),
  ],
}
