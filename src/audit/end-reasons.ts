/** Why a session ended. Stored with the session and shown in audit events. */
export const endReasons = ['logout', 'revoked', 'password', 'role', 'disabled', 'deleted', 'reuse'] as const
export type EndReason = (typeof endReasons)[number]
