import { z } from '@hono/zod-openapi'
import { namespace } from '../../api/namespace.ts'
import { jsonResponse } from '../../api/responses.ts'
import { output } from '../../http/fields.ts'
import { createRouter } from '../../http/router.ts'

const base64url = (description: string) =>
  output(description, { min: 1, max: 2048, pattern: '^[A-Za-z0-9_-]+$' })
const common = {
  use: z.literal('sig').openapi({ description: 'What it is for: signatures.' }),
  kid: output('Names the key: the same `kid` stands in the header of its tokens.', { min: 1, max: 256 }),
}

const keyType = <T extends string>(name: T) => z.literal(name).openapi({ description: 'Kind of key.' })
const algorithm = <T extends string>(name: T) =>
  z.literal(name).openapi({ description: 'The only algorithm to accept with it.' })
const curve = <T extends string>(name: T) => z.literal(name).openapi({ description: 'Its curve.' })

const PublicKey = z
  .union([
    z
      .strictObject({
        kty: keyType('OKP'),
        ...common,
        alg: algorithm('EdDSA'),
        crv: curve('Ed25519'),
        x: base64url('The key.'),
      })
      .openapi('Ed25519Key', { description: 'For EdDSA with Ed25519 (RFC 8037).' }),
    z
      .strictObject({
        kty: keyType('EC'),
        ...common,
        alg: algorithm('ES256'),
        crv: curve('P-256'),
        x: base64url('First coordinate of the key.'),
        y: base64url('Second coordinate of the key.'),
      })
      .openapi('P256Key', { description: 'For ES256 (RFC 7518, section 6.2).' }),
    z
      .strictObject({
        kty: keyType('RSA'),
        ...common,
        alg: algorithm('RS256'),
        n: base64url('Modulus of the key.'),
        e: base64url('Exponent of the key.'),
      })
      .openapi('RsaKey', { description: 'For RS256 (RFC 7518, section 6.3).' }),
  ])
  .openapi('PublicKey', { description: 'The public part of a key that signs access tokens (RFC 7517).' })

const KeySet = z
  .strictObject({
    keys: z
      .array(PublicKey)
      .openapi({ description: 'One or, during a rotation, several.', minItems: 0, maxItems: 1000 }),
  })
  .openapi('KeySet', {
    example: {
      keys: [
        {
          kty: 'OKP',
          use: 'sig',
          kid: 'k1',
          alg: 'EdDSA',
          crv: 'Ed25519',
          x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', // RFC 8037, appendix A.2
        },
      ],
    },
    description: 'Public keys. Empty while tokens are signed with a secret (HS256).',
  })

const read = namespace('Auth').route({
  operationId: 'readKeySet',
  method: 'get',
  path: '/.well-known/jwks.json',
  summary: 'Public keys',
  description:
    'What other services verify access tokens with: a JSON Web Key Set (RFC 7517). Choose the key by the `kid` of the token, and accept no other algorithm than its `alg`. During a rotation there are several.',
  responses: { 200: jsonResponse(KeySet, 'The keys.') },
  usesDatabase: false,
  ignoresQuery: true,
})

export const jwksRoutes = createRouter().openapi(read, (c) =>
  // Shorter than the time between the publication of a new key and its first use: see docs/keys.md.
  c.json({ keys: [...c.var.deps.keys.published] }, 200, { 'Cache-Control': 'public, max-age=300' }),
)
