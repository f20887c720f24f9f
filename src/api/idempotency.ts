import type { ParameterObject } from 'openapi3-ts/oas31'
import { type ApiError, invalidValue } from '../errors/api-error.ts'
import { toBase64Url } from '../http/base64url.ts'
import type { AppContext, CurrentUser } from './context.ts'

/** Identifies a creating request of a user, so that the request can be repeated safely. */
export interface IdempotentRequest {
  userId: string
  key: string
  /** Hash of the operation and the body. */
  requestHash: string
}

/** The header Idempotency-Key in the document. `idempotentRequest` reads it. */
export const idempotencyKey: ParameterObject = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'A text of your choice that makes the request safe to repeat: sent again with the same body within 24 hours, it creates nothing and gets the first answer, with `Idempotency-Replayed: true`.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
}

/**
 * The key of this request, if it has one (draft-ietf-httpapi-idempotency-key-header), bound to its user,
 * operation and body. @throws ApiError 422 for a malformed key
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

/** The 422 for a malformed Idempotency-Key. */
function invalidKey(): ApiError {
  return invalidValue({
    location: 'header',
    name: 'Idempotency-Key',
    code: 'invalid_key',
    message: 'Must have 1 to 255 visible ASCII characters.',
  })
}
