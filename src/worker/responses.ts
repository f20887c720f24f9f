/** Prevents changes that workerd and Cloudflare would make to a response. */
export async function withoutPlatformChanges(
  request: Request,
  response: Response,
  bodyLimit: number,
): Promise<Response> {
  if (response.status === 413) await discardRest(request, bodyLimit)
  return keepEntityTag(response)
}

/** The rest of a body up to this many times the limit is read and discarded. */
const discardFactor = 8

/** If nothing reads the body, workerd cuts the connection, and the client does not get the response. */
async function discardRest({ body, headers }: Request, limit: number): Promise<void> {
  if (!body || body.locked || Number(headers.get('Content-Length') ?? 0) > limit * discardFactor) return
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > limit * discardFactor) return
  }
}

/** When Cloudflare compresses a response, it weakens a strong ETag, and If-Match would never match again. */
function keepEntityTag(response: Response): Response {
  if (response.headers.has('ETag')) {
    response.headers.set('Cache-Control', `${response.headers.get('Cache-Control')}, no-transform`)
  }
  return response
}
