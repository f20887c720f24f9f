/** What workerd and Cloudflare would do to a response, prevented. */
export async function asServed(request: Request, response: Response, bodyLimit: number): Promise<Response> {
  if (response.status === 413) await forgetRest(request, bodyLimit)
  return keepEntityTag(response)
}

/** A body this many times over the limit is read to its end and forgotten. */
const politeness = 8

/** workerd cuts the connection of a body that nobody reads, and the client would not see the response. */
async function forgetRest({ body, headers }: Request, limit: number): Promise<void> {
  if (!body || body.locked || Number(headers.get('Content-Length') ?? 0) > limit * politeness) return
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > limit * politeness) return
  }
}

/** Cloudflare makes a strong ETag weak when it compresses, and If-Match would never match again. */
function keepEntityTag(response: Response): Response {
  if (response.headers.has('ETag')) {
    response.headers.set('Cache-Control', `${response.headers.get('Cache-Control')}, no-transform`)
  }
  return response
}
