/** Operations that need no access token. */
export declare const openOperations: readonly string[];
/** Operations that take an Idempotency-Key. */
export declare const keyedOperations: readonly string[];
