import type { IncomingMessage, ServerResponse } from 'node:http'
import { probes } from '../http/probes.ts'
import { hasBody } from './early-responses.ts'
import { waitForTurn } from './pipelining.ts'
import { headerFault, type OnRefused, refuseBusy, respondToUnreadable } from './unreadable-requests.ts'

type Listener = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** The number of running requests. */
export interface Load {
  working: number
}

/**
 * Runs at most `limit` requests at once and responds to others with 503 at once: in a queue, they would get their
 * response too late, and the queue would grow without bound. A request counts from the end of its body, so that slow
 * senders take no place (time limits and MAX_CONNECTIONS bound those), until its work is done, even if the client has
 * disconnected.
 */
export function boundedListener(
  limit: number,
  handle: Listener,
  load: Load = { working: 0 },
  onRefused?: OnRefused,
): Listener {
  const isFull = ({ url = '' }: IncomingMessage) =>
    load.working >= limit && !probes.has(url.split('?', 1)[0] ?? '')
  return async (request, response) => {
    const unreadable = headerFault(request)
    if (unreadable) return respondToUnreadable(response, unreadable, onRefused)
    const state = response.socket === null ? await waitForTurn(request, response) : 'ready'
    if (state === 'closed') return
    if (state === 'refused' || isFull(request)) return refuseBusy(response, onRefused)
    let isCounted = false
    const count = () => {
      load.working++
      isCounted = true
    }
    if (hasBody(request)) request.once('end', count)
    else count()
    try {
      await handle(request, response)
    } finally {
      request.off('end', count)
      if (isCounted) load.working--
    }
  }
}
