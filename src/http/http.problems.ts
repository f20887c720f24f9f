import { defineProblems } from '../errors/define-problems.ts'

export const httpProblems = defineProblems({
  'request.malformed': {
    status: 400,
    title: 'Malformed request',
    detail: 'The request could not be read.',
    advice:
      'Check the address and the headers: percent-encoding must be valid UTF-8, the Host header a host name.',
  },
  'request.malformed_json': {
    status: 400,
    title: 'Malformed JSON',
    detail: 'The body is not valid JSON in UTF-8.',
    advice: 'Send one JSON value in UTF-8; most JSON libraries do it right, hand-built strings often do not.',
  },
  'request.body_missing': {
    status: 400,
    title: 'Body missing',
    detail: 'This operation needs a JSON body and the request has none.',
    advice: 'Send the body that the document describes, with Content-Type: application/json.',
  },
  'request.timeout': {
    status: 408,
    title: 'Request took too long',
    detail: 'The request did not arrive in time.',
    advice: 'Send the request again; look at the connection if it happens often.',
  },
  'request.not_acceptable': {
    status: 406,
    title: 'Not acceptable',
    detail: 'None of the media types in the Accept header can be produced.',
    advice: 'Ask for a media type that the document lists for this operation, or leave Accept away.',
  },
  'request.too_large': {
    status: 413,
    title: 'Body too large',
    detail: 'The body is larger than this server accepts.',
    advice: 'Send less. Whoever runs the server can raise BODY_LIMIT.',
  },
  'request.headers_too_large': {
    status: 431,
    title: 'Headers too large',
    detail: 'The request has more than 16 KiB or more than 100 headers.',
    advice: 'Send fewer and shorter headers; large cookies are the usual cause.',
  },
  'request.unsupported_media_type': {
    status: 415,
    title: 'Unsupported media type',
    detail: 'The body must be JSON.',
    advice: 'Send Content-Type: application/json, UTF-8 and no Content-Encoding.',
  },
  'request.invalid': {
    status: 422,
    title: 'Invalid request',
    detail: 'The request can be read, but some of its values are not allowed.',
    advice:
      'Look at errors: each says where the value is (a JSON pointer or a name) and what is wrong with it.',
  },
  'request.too_many': {
    status: 429,
    title: 'Too many requests',
    detail: 'Too many requests of this kind have come from your address.',
    advice: 'Try again after the seconds in Retry-After. RateLimit says beforehand how many are left.',
  },
  'route.not_found': {
    status: 404,
    title: 'No such address',
    detail: 'Nothing answers at this address.',
    advice: 'Look up the addresses at /docs or in /openapi.json.',
  },
  'route.method_not_allowed': {
    status: 405,
    title: 'Method not allowed',
    detail: 'This address does not answer this method.',
    advice: 'Use one of the methods in the Allow header.',
  },
  'precondition.failed': {
    status: 412,
    title: 'Precondition failed',
    detail: 'The resource is not what If-Match or If-None-Match says: somebody else may have changed it.',
    advice: 'Read it again, look at what changed, and send your change with the new ETag.',
  },
})
