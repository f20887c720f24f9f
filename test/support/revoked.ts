import { setTimeout } from 'node:timers/promises'
import type { Api } from './api.ts'

/**
 * The code of the refusal of an access token, after at most a second; undefined if the token is still valid then.
 * The request reads nothing of the account, so only the session can be the reason.
 */
export async function refusedWithinASecond(
  api: Pick<Api, 'get'>,
  token: string,
): Promise<string | undefined> {
  const deadline = performance.now() + 1000
  for (;;) {
    const { status, json } = await api.get('/posts/1/comments', { token })
    if (status === 401) return json.code
    if (performance.now() > deadline) return undefined
    await setTimeout(50)
  }
}
