import type { Kit } from '../check.ts'
import { itemsOf, type Json, type Persona } from '../exchange.ts'
import { assert, hasStatus, same } from '../expect.ts'
import { uniqueWord, writeComment, writePost } from './writing.ts'

export interface List {
  path: string
  other: string
  /** The path of another list of this kind. */
  second?: string
  as: Persona | undefined
  /** A user whose list has the same path but other items. */
  stranger?: Persona
  /** The keys of the items, in order. */
  keys: unknown[]
  keyOf(item: Json): unknown
}

export const idOf = ({ id }: Json) => id

/** Each kind of list, created when a check needs it. */
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
      await kit.patch(`/posts/${first}`, { as: await kit.persona('lea'), json: { title: 'Changed' } }),
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
    const as = await kit.persona('lea')
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
    const as = await kit.persona('lea')
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
    const as = await kit.persona('lea')
    const keys: string[] = []
    for (const name of ['u-1', 'u-2', 'u-3']) keys.unshift((await kit.persona(name)).id)
    const part = (await kit.persona('u-1')).username.slice(0, -1)
    return { path: `/users?q=${part}`, other: '/users?role=user', as, keys, keyOf: idOf }
  },
  sessions: async (kit) => {
    const as = await kit.persona('les')
    const { username, password } = as
    for (let n = 0; n < 2; n++)
      hasStatus(await kit.post('/auth/token', { json: { username, password } }), 200)
    const keys = itemsOf(await kit.get('/auth/sessions?limit=100', { as })).map(idOf)
    assert(keys.length >= 3, 'three sessions or more', keys)
    same('the order', keys, keys.toSorted().reverse())
    const stranger = await kit.persona('lea')
    return { path: '/auth/sessions?', other: '/posts?', as, stranger, keys, keyOf: idOf }
  },
  'audit events': async (kit) => {
    const as = await kit.admin()
    const { id } = await kit.persona('les')
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

/** Five posts of one author with a unique tag, newest first. */
export async function fivePosts(kit: Kit) {
  const as = await kit.persona('lea')
  const word = uniqueWord()
  const keys: number[] = []
  for (let n = 0; n < 5; n++) keys.unshift((await writePost(kit, as, { title: `${n}`, tags: [word] })).id)
  return { path: `/posts?tag=${word}`, other: `/posts?tag=${word}&author=${as.id}`, keys, as, keyOf: idOf }
}
