/** Why a session ended: kept with the session, and told by the audit events. */
export const endReasons = ['logout', 'revoked', 'password', 'role', 'disabled', 'deleted', 'reuse'] as const
export type EndReason = (typeof endReasons)[number]
