import type { ParameterObject } from 'openapi3-ts/oas31'
import { toBase64Url } from '../http/base64url.ts'
import { type IdempotentRequest, invalidKey } from '../idempotency/idempotency.service.ts'
import type { AppContext, CurrentUser } from './context.ts'

/** Idempotency-Key in the document; read by `idempotentRequest`. */
export const idempotencyKey: ParameterObject = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'A text of your choice that makes the request safe to repeat: sent again with the same body within 24 hours, it creates nothing and gets the first answer, with `Idempotency-Replayed: true`.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
}

/**
 * The key of this request, if it has one (draft-ietf-httpapi-idempotency-key-header), bound to its user,
 * operation and body. @throws ApiError 422 for a key that is none
 */
export async function idempotentRequest(
  c: AppContext,
  user: CurrentUser,
  body: unknown,
): Promise<IdempotentRequest | undefined> {
  const key = c.req.header('Idempotency-Key')
  if (key === undefined) return undefined
  if (!/^[!-~]{1,255}$/.test(key)) throw invalidKey()
  const request = JSON.stringify([c.req.method, c.req.path, body])
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(request))
  return { userId: user.id, key, requestHash: toBase64Url(new Uint8Array(hash)) }
}
