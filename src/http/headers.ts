import type { HeaderObject, ReferenceObject } from 'openapi3-ts/oas31'

const linkPattern = '^<[^<>]+>; rel="(next|deprecation)"(, <[^<>]+>; rel="next")?$'

const mediaTypes = '^[a-z]+/[a-z.+-]+(, [a-z]+/[a-z.+-]+)*$'

/** The headers of responses, for the components of the document. */
export const documentedHeaders = {
  'X-Request-Id': {
    description: 'Id of this request in the logs: the one sent, if it was a sane one, else a new one.',
    required: true,
    schema: { type: 'string', minLength: 1, maxLength: 128, pattern: '^[A-Za-z0-9._-]{1,128}$' },
    example: '5f0c8a52-7f5a-4f0e-9d57-0b8a53f3a6f1',
  },
  'Cache-Control': {
    description: 'How long the answer may be kept (RFC 9111).',
    required: true,
    schema: {
      type: 'string',
      // Workers add no-transform, since Cloudflare's compression weakens entity tags.
      enum: [
        'no-store',
        'no-cache',
        'public, max-age=300',
        'no-store, no-transform',
        'no-cache, no-transform',
      ],
    },
    example: 'no-store',
  },
  'Content-Security-Policy': {
    description: 'What a browser may load if it shows this answer as a page.',
    required: true,
    schema: { type: 'string', minLength: 18, maxLength: 512, pattern: "^default-src 'none'; .+$" },
    example: "default-src 'none'; frame-ancestors 'none'",
  },
  'X-Content-Type-Options': {
    description: 'Keeps browsers from guessing the media type.',
    required: true,
    schema: { type: 'string', enum: ['nosniff'] },
  },
  'Referrer-Policy': {
    description: 'Keeps addresses of this server from other sites.',
    required: true,
    schema: { type: 'string', enum: ['no-referrer', 'same-origin'] },
  },
  'Cross-Origin-Resource-Policy': {
    description: 'Keeps other sites from embedding this answer.',
    required: true,
    schema: { type: 'string', enum: ['same-origin'] },
  },
  'Cross-Origin-Opener-Policy': {
    description: 'Sent with pages: keeps windows of other sites from reaching them.',
    schema: { type: 'string', enum: ['same-origin'] },
  },
  'Strict-Transport-Security': {
    description: 'Sent when PUBLIC_URL is an https address: browsers then use https alone.',
    schema: { type: 'string', minLength: 9, maxLength: 32, pattern: '^max-age=\\d+$' },
  },
  'Access-Control-Allow-Origin': {
    description: 'Sent to pages of CORS_ORIGINS: the page’s own origin, which may read this answer.',
    schema: { type: 'string', format: 'uri', minLength: 8, maxLength: 512, pattern: '^https?://[^/]+$' },
  },
  'Access-Control-Allow-Credentials': {
    description: 'Sent to pages of CORS_ORIGINS: their requests may carry cookies.',
    schema: { type: 'string', enum: ['true'] },
  },
  'Access-Control-Expose-Headers': {
    description: 'Sent to pages of CORS_ORIGINS: the headers that they may read.',
    schema: { type: 'string', minLength: 1, maxLength: 512, pattern: '^[\\w, -]+$' },
  },
  Deprecation: {
    description: 'Since when the operation is deprecated, in seconds since 1970 (RFC 9745).',
    required: true,
    schema: { type: 'string', minLength: 2, maxLength: 12, pattern: '^@\\d+$' },
    example: '@1798761600',
  },
  Sunset: {
    description: 'When the operation stops to answer (RFC 8594).',
    required: true,
    schema: {
      type: 'string',
      minLength: 29,
      maxLength: 29,
      pattern: '^\\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT$',
    },
    example: 'Fri, 01 Jan 2027 00:00:00 GMT',
  },
  ETag: {
    description: 'Entity tag of this very version (RFC 9110, section 8.8.3), for If-Match and If-None-Match.',
    required: true,
    schema: { type: 'string', minLength: 3, maxLength: 128, pattern: '^"[!#-~]+"$' },
    example: '"1.1"',
  },
  Location: {
    description: 'Address of what was made.',
    required: true,
    schema: {
      type: 'string',
      format: 'uri-reference',
      minLength: 1,
      maxLength: 256,
      pattern: '^/[\\w/-]*$',
    },
    example: '/posts/1',
  },
  Link: {
    description:
      'The next page as `rel="next"` (RFC 8288), if there is one; of a deprecated operation what to use instead, as `rel="deprecation"`.',
    // The link repeats the URL of the request, which fits into 16 KiB of headers.
    schema: { type: 'string', minLength: 16, maxLength: 20_000, pattern: linkPattern },
  },
  'Content-Language': {
    description:
      'Language of what is for people to read: English, or Korean for whom `Accept-Language` prefers it.',
    required: true,
    schema: { type: 'string', enum: ['en', 'ko'] },
    example: 'en',
  },
  'Idempotency-Replayed': {
    description: '`true` when the answer is that of an earlier request with the same Idempotency-Key.',
    schema: { type: 'string', enum: ['true'] },
  },
  'Retry-After': {
    description: 'Seconds to wait before trying again.',
    required: true,
    schema: { type: 'integer', format: 'int32', minimum: 0, maximum: 2_147_483_647 },
    example: 1,
  },
  'RateLimit-Policy': {
    description:
      'The limits that the request is under, if any: `q` tries in `w` seconds (draft-ietf-httpapi-ratelimit-headers, section 3).',
    schema: {
      type: 'string',
      minLength: 9,
      maxLength: 512,
      pattern: '^"[a-z-]+";q=\\d+;w=\\d+(, "[a-z-]+";q=\\d+;w=\\d+)*$',
    },
    example: '"login";q=10;w=900',
  },
  RateLimit: {
    description: 'What is left of them: `r` tries in the next `t` seconds (section 4).',
    schema: {
      type: 'string',
      minLength: 9,
      maxLength: 512,
      pattern: '^"[a-z-]+";r=\\d+;t=\\d+(, "[a-z-]+";r=\\d+;t=\\d+)*$',
    },
    example: '"login";r=9;t=880',
  },
  'Set-Cookie': {
    description: 'The tokens as HttpOnly cookies, if they were asked for; or takes them away.',
    schema: {
      type: 'string',
      minLength: 16,
      maxLength: 16_384,
      pattern: '^(__Host-)?gatepost_(access|refresh)=.*$',
    },
  },
  Accept: {
    description:
      'With 415 the media types that a body may have (RFC 9110, section 15.5.16), with 406 those that a response can have.',
    schema: { type: 'string', minLength: 3, maxLength: 256, pattern: mediaTypes },
    example: 'application/json',
  },
  'Accept-Patch': {
    description: 'With 415 on PATCH: the media types that the body may have (RFC 5789, section 2.2).',
    schema: { type: 'string', enum: ['application/json'] },
  },
  'Accept-Encoding': {
    description:
      'With 415 because of Content-Encoding: the codings that are understood (RFC 9110, section 12.5.3).',
    schema: { type: 'string', enum: ['identity'] },
  },
  'WWW-Authenticate': {
    description: 'What kind of credential is asked for (RFC 9110, section 11.6.1; RFC 6750, section 3).',
    required: true,
    schema: {
      type: 'string',
      minLength: 23,
      maxLength: 256,
      pattern: '^(Basic|Bearer) realm="gatepost"(, .+)?$',
    },
    example: 'Bearer realm="gatepost"',
  },
  /** WWW-Authenticate of a 403, which only responses to API tokens have. */
  'Insufficient-Scope': {
    description: 'With `auth.insufficient_scope`: the scope that an API token needs (RFC 6750, section 3.1).',
    schema: {
      type: 'string',
      minLength: 23,
      maxLength: 256,
      pattern: '^Bearer realm="gatepost", error="insufficient_scope", scope="[a-z:-]+"$',
    },
    example: 'Bearer realm="gatepost", error="insufficient_scope", scope="posts:write"',
  },
} as const satisfies Record<string, HeaderObject>

export type DocumentedHeader = keyof typeof documentedHeaders

/** Headers of every response. */
const everywhere = [
  'X-Request-Id',
  'Cache-Control',
  'Content-Security-Policy',
  'X-Content-Type-Options',
  'Referrer-Policy',
  'Cross-Origin-Resource-Policy',
  'Cross-Origin-Opener-Policy',
  'Strict-Transport-Security',
  'Access-Control-Allow-Origin',
  'Access-Control-Allow-Credentials',
  'Access-Control-Expose-Headers',
  'RateLimit',
  'RateLimit-Policy',
] as const satisfies DocumentedHeader[]

/** References to the headers of one response: the named ones, and those of every response. */
export function headerReferences(...names: readonly DocumentedHeader[]): Record<string, ReferenceObject> {
  return Object.fromEntries(
    [...everywhere, ...names].map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  )
}

/** Security headers of the API, whose responses are data and never pages. */
export const apiHeaders = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const satisfies Partial<Record<DocumentedHeader, string>>
