import { setTimeout } from 'node:timers/promises'
import type { Api } from './api.ts'

/**
 * The code that an access token is refused with, at the latest a second from now; undefined if it is still
 * good then. Nothing is read of the account, so that what refuses is the session alone.
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
