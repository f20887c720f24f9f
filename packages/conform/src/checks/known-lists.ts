import type { Kit } from '../check.ts'
import { itemsOf, type Json, type Person } from '../exchange.ts'
import { hasStatus, holds, same } from '../expect.ts'
import { uniqueWord, writeComment, writePost } from './writing.ts'

export interface List {
  path: string
  other: string
  /** Another one of them. */
  second?: string
  as: Person | undefined
  /** Whose list another one is, though the address is the same. */
  stranger?: Person
  /** How its items are told apart, in their order. */
  keys: unknown[]
  keyOf(item: Json): unknown
}

export const idOf = ({ id }: Json) => id

/** Every kind of list, made when a check needs it. */
export const knownLists: Record<string, (kit: Kit) => Promise<List>> = {
  'posts, newest first': async (kit) => ({ ...(await fivePosts(kit)), as: undefined }),
  'posts, oldest first': async (kit) => {
    const { path, other, keys } = await fivePosts(kit)
    return {
      path: `${path}&sort=oldest`,
      other: path,
      as: undefined,
      keys: keys.toReversed(),
      keyOf: idOf,
      second: other,
    }
  },
  'posts, last changed first': async (kit) => {
    const { path, keys } = await fivePosts(kit)
    const [first] = keys.splice(3, 1)
    hasStatus(
      await kit.patch(`/posts/${first}`, { as: await kit.person('lea'), json: { title: 'Changed' } }),
      200,
    )
    return { path: `${path}&sort=updated`, other: path, as: undefined, keys: [first, ...keys], keyOf: idOf }
  },
  'one’s own posts': async (kit) => {
    const { keys, as } = await fivePosts(kit)
    const draft = await writePost(kit, as, { status: 'draft' })
    hasStatus(await kit.delete(`/posts/${draft.id}`, { as }), 204)
    const all = itemsOf(await kit.get('/users/me/posts?limit=100', { as })).map(idOf)
    same('the newest of one’s own posts', all.slice(0, 5), keys)
    return {
      path: '/users/me/posts?status=published',
      other: '/users/me/posts?status=draft',
      as,
      keys: all,
      keyOf: idOf,
    }
  },
  comments: async (kit) => {
    const as = await kit.person('lea')
    const [post, other] = [await writePost(kit, as), await writePost(kit, as)]
    const keys: unknown[] = []
    for (let n = 0; n < 5; n++) keys.push((await writeComment(kit, as, post.id, `${n}`)).id)
    return {
      path: `/posts/${post.id}/comments?`,
      other: `/posts/${other.id}/comments?`,
      as,
      keys,
      keyOf: idOf,
    }
  },
  revisions: async (kit) => {
    const as = await kit.person('lea')
    const [post, other] = [await writePost(kit, as), await writePost(kit, as)]
    for (let n = 0; n < 5; n++)
      hasStatus(await kit.patch(`/posts/${post.id}`, { as, json: { title: `${n}` } }), 200)
    return {
      path: `/posts/${post.id}/revisions?`,
      other: `/posts/${other.id}/revisions?`,
      as,
      keys: [5, 4, 3, 2, 1],
      keyOf: ({ number }) => number,
    }
  },
  users: async (kit) => {
    const as = await kit.person('lea')
    const keys: string[] = []
    for (const name of ['u-1', 'u-2', 'u-3']) keys.unshift((await kit.person(name)).id)
    const part = (await kit.person('u-1')).username.slice(0, -1)
    return { path: `/users?q=${part}`, other: '/users?role=user', as, keys, keyOf: idOf }
  },
  sessions: async (kit) => {
    const as = await kit.person('les')
    const { username, password } = as
    for (let n = 0; n < 2; n++)
      hasStatus(await kit.post('/auth/token', { json: { username, password } }), 200)
    const keys = itemsOf(await kit.get('/auth/sessions?limit=100', { as })).map(idOf)
    holds(keys.length >= 3, 'three sessions or more', keys)
    same('the order', keys, keys.toSorted().reverse())
    const stranger = await kit.person('lea')
    return { path: '/auth/sessions?', other: '/posts?', as, stranger, keys, keyOf: idOf }
  },
  'audit events': async (kit) => {
    const as = await kit.admin()
    const { id } = await kit.person('les')
    const all = hasStatus(
      await kit.get(`/audit-events?user=${id}&action=session.logged_in&limit=100`, { as }),
      200,
    )
    const keys = itemsOf(all).map(idOf)
    same('the order', keys, keys.toSorted().reverse())
    return {
      path: `/audit-events?user=${id}&action=session.logged_in`,
      other: '/audit-events?',
      as,
      keys,
      keyOf: idOf,
    }
  },
}

/** Five posts of one author under a tag of their own, newest first. */
export async function fivePosts(kit: Kit) {
  const as = await kit.person('lea')
  const word = uniqueWord()
  const keys: number[] = []
  for (let n = 0; n < 5; n++) keys.unshift((await writePost(kit, as, { title: `${n}`, tags: [word] })).id)
  return { path: `/posts?tag=${word}`, other: `/posts?tag=${word}&author=${as.id}`, keys, as, keyOf: idOf }
}
