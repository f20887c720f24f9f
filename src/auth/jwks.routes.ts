import { z } from '@hono/zod-openapi'
import { namespace } from '../http/namespace.ts'
import { answer } from '../http/responses.ts'
import { createRouter } from '../http/router.ts'

const base64url = () => z.string().regex(/^[A-Za-z0-9_-]+$/)
const common = {
  use: z.literal('sig'),
  kid: z
    .string()
    .openapi({ description: 'Names the key: the same `kid` stands in the header of its tokens.' }),
}

const PublicKey = z
  .union([
    z.strictObject({
      kty: z.literal('OKP'),
      ...common,
      alg: z.literal('EdDSA'),
      crv: z.literal('Ed25519'),
      x: base64url(),
    }),
    z.strictObject({
      kty: z.literal('EC'),
      ...common,
      alg: z.literal('ES256'),
      crv: z.literal('P-256'),
      x: base64url(),
      y: base64url(),
    }),
    z.strictObject({
      kty: z.literal('RSA'),
      ...common,
      alg: z.literal('RS256'),
      n: base64url(),
      e: base64url(),
    }),
  ])
  .openapi('PublicKey', { description: 'The public part of a key that signs access tokens (RFC 7517).' })

const KeySet = z
  .strictObject({ keys: z.array(PublicKey) })
  .openapi('KeySet', { description: 'Public keys. Empty while tokens are signed with a secret (HS256).' })

const read = namespace('Auth').route({
  operationId: 'readKeySet',
  method: 'get',
  path: '/.well-known/jwks.json',
  summary: 'Public keys',
  description:
    'What other services verify access tokens with: a JSON Web Key Set (RFC 7517). Choose the key by the `kid` of the token, and accept no other algorithm than its `alg`. During a rotation there are several.',
  responses: { 200: answer(KeySet, 'The keys.') },
  usesDatabase: false,
})

export const jwksRoutes = createRouter().openapi(read, (c) =>
  // Shorter than the time for which a new key is shown here before it signs: see "Keys" in the README.
  c.json({ keys: [...c.var.deps.keys.published] }, 200, { 'Cache-Control': 'public, max-age=300' }),
)
