import type { ClientOptions } from './client.ts';
import { type SessionTokens } from './session-store.ts';
/** What lies between a call and the network: the session, the Idempotency-Key, the retries. */
export declare function createExchange(options: ClientOptions): {
    exchange: (request: Request, operation: string, signal?: AbortSignal) => Promise<Response>;
    session: {
        fresh: () => Promise<import("./session.ts").Renewal>;
        renew: (stale: SessionTokens, isUrgent?: boolean) => Promise<import("./session.ts").Renewal>;
        end: (tokens: SessionTokens, answer: Response) => Promise<void>;
        start: (session: import("./api.generated.ts").Session) => Promise<void>;
        clear: () => Promise<void>;
    };
};
