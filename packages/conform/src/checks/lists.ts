import { type Check, check, type Group, type Kit } from '../check.ts'
import { itemsOf, nextLinkOf } from '../exchange.ts'
import { assert, hasStatus, isEmpty, refuses, same } from '../expect.ts'
import { fivePosts, idOf, knownLists, type List } from './known-lists.ts'
import { uniqueWord, writePost } from './writing.ts'

/** Walks lists of five known items, and tries their cursors with other lists and filters. */
export const lists: Group = {
  name: 'lists',
  about: 'pages, cursors, limits and order of every list',
  checks: [
    ...Object.entries(knownLists).flatMap(([name, make]): Check[] => [
      check(
        `The list of ${name} is complete, page by page and in order, with no item missing or repeated`,
        'lists',
        async (kit) => {
          const list = await make(kit)
          for (const limit of [1, 2, 3])
            same(`the items, by ${limit}`, await walk(kit, list, limit), list.keys)
          const all = hasStatus(await kit.get(`${list.path}&limit=100`, { as: list.as }), 200)
          same('the items at once', itemsOf(all).map(list.keyOf), list.keys, all)
          same('next_cursor', all.json.next_cursor, null, all)
          const exact = await kit.get(`${list.path}&limit=${list.keys.length}`, { as: list.as })
          same('next_cursor of a page that ends with the list', exact.json?.next_cursor, null, exact)
        },
      ),
      check(
        `The list of ${name} refuses cursors that were altered, invented or made for another list, and limits beyond 1 to 100`,
        'lists',
        async (kit) => {
          const list = await make(kit)
          await refusesCursors(kit, list)
          for (const limit of ['0', '101', '-1', '1e1', '', '0x10', '1.0', 'ten', '1&limit=2']) {
            refuses(await kit.get(`${list.path}&limit=${limit}`, { as: list.as }), {
              location: 'query',
              at: 'limit',
            })
          }
          hasStatus(await kit.get(`${list.path}&limit=100`, { as: list.as }), 200)
        },
      ),
    ]),
    check('Posts that are added or deleted meanwhile do not shift the pages', 'lists', async (kit) => {
      for (const sort of ['newest', 'oldest']) {
        const { path, keys, as } = await fivePosts(kit)
        const ordered = sort === 'oldest' ? keys.toReversed() : keys
        const word = path.split('=')[1]
        const seen: unknown[] = []
        let next: string | undefined = `${path}&sort=${sort}&limit=2`
        while (next !== undefined && seen.length < 20) {
          const page = hasStatus(await kit.get(next), 200)
          seen.push(...itemsOf(page).map(idOf))
          next = pathOfLink(nextLinkOf(page))
          if (seen.length === 2) isEmpty(await kit.delete(`/posts/${seen[1]}`, { as }), 204)
          if (sort === 'newest') await writePost(kit, as, { tags: [word] })
        }
        same(`the posts, ${sort} first`, seen, ordered)
      }
    }),
    check('The list of posts has 20 on a page unless another limit is asked for', 'lists', async (kit) => {
      const lea = await kit.persona('lea')
      const word = uniqueWord()
      await Promise.all(Array.from({ length: 22 }, () => writePost(kit, lea, { tags: [word] })))
      const page = hasStatus(await kit.get(`/posts?tag=${word}`), 200)
      same('how many', itemsOf(page).length, 20, page)
      const rest = hasStatus(await kit.get(pathOfLink(nextLinkOf(page)) ?? ''), 200)
      same('how many on the second page', itemsOf(rest).length, 2, rest)
      const front = hasStatus(await kit.get('/posts'), 200)
      const times = itemsOf(front).map(({ published_at }) => published_at)
      same('the order of the newest', times, times.toSorted().reverse(), front)
    }),
    check(
      'Users are found by a part of the name, taken literally, and by role',
      'Operations',
      async (kit) => {
        const lea = await kit.persona('lea')
        const find = async (query: string) =>
          itemsOf(hasStatus(await kit.get(`/users?${query}`, { as: lea }), 200)).map(idOf)
        same('by a part', await find(`q=${lea.username.slice(3).toUpperCase()}`), [lea.id])
        same('by a pattern', await find(`q=${encodeURIComponent(lea.username.replaceAll('-', '_'))}`), [])
        same('by a pattern', await find(`q=${encodeURIComponent(lea.username.replace('-', '%'))}`), [])
        same('by the e-mail address', await find(`q=${encodeURIComponent('@conform.example.com')}`), [])
        same('by name and role', await find(`q=${lea.username}&role=user`), [lea.id])
        same('by name and another role', await find(`q=${lea.username}&role=admin`), [])
        const admins = hasStatus(await kit.get('/users?role=admin', { as: lea }), 200)
        assert(
          itemsOf(admins).every(({ role }) => role === 'admin'),
          'admins alone',
          itemsOf(admins),
          admins,
        )
      },
    ),
  ],
}

/** All items of a list, by following its links. */
async function walk(kit: Kit, { path, as, keyOf, keys }: List, limit: number): Promise<unknown[]> {
  const seen: unknown[] = []
  let next: string | undefined = `${path}&limit=${limit}`
  for (let page = 0; next !== undefined && page <= keys.length; page++) {
    const response = hasStatus(await kit.get(next, { as }), 200)
    assert(itemsOf(response).length <= limit, `at most ${limit} items`, itemsOf(response).length, response)
    seen.push(...itemsOf(response).map(keyOf))
    next = pathOfLink(nextLinkOf(response))
  }
  return seen
}

/** The path of a link, which is absolute if the server knows its public address. */
function pathOfLink(link: string | undefined): string | undefined {
  if (link === undefined) return undefined
  const { pathname, search } = new URL(link, 'http://localhost')
  return pathname + search
}

async function refusesCursors(kit: Kit, { path, other, as, second, stranger, keys }: List): Promise<void> {
  const at = (base: string, cursor: string) => kit.get(`${base}&cursor=${encodeURIComponent(cursor)}`, { as })
  for (const cursor of ['', 'abc', 'a.b', 'MTA.MTA', '.', 'x'.repeat(600)])
    refuses(await at(path, cursor), { location: 'query', at: 'cursor' })
  if (keys.length < 2) return
  const page = hasStatus(await kit.get(`${path}&limit=1`, { as }), 200)
  const cursor: string = page.json.next_cursor
  const last = cursor.at(-1) === 'A' ? 'B' : 'A'
  const altered = [
    cursor.slice(0, -1) + last,
    cursor.slice(1),
    `${cursor}.`,
    `${cursor}.x`,
    `MTA.${cursor.split('.')[1]}`,
    `${cursor.split('.')[0]}.`,
  ]
  for (const candidate of altered)
    refuses(await at(path, candidate), { location: 'query', at: 'cursor', code: 'invalid_cursor' })
  for (const base of [other, second].filter((candidate) => candidate !== undefined)) {
    refuses(await at(base, cursor), { location: 'query', at: 'cursor', code: 'invalid_cursor' })
  }
  if (stranger) {
    const theirs = await kit.get(`${path}&cursor=${encodeURIComponent(cursor)}`, { as: stranger })
    refuses(theirs, { location: 'query', at: 'cursor', code: 'invalid_cursor' })
  }
}
