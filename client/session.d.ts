import type { Problem, Session } from './api.generated.ts';
import type { SessionStore, SessionTokens } from './session-store.ts';
interface SessionOptions {
    store: SessionStore;
    /** Asks the server for a successor; once only, or as patiently as any call. */
    refresh(refreshToken: string, isUrgent: boolean): Promise<Response>;
    onSessionEnd: (problem: Problem) => void;
}
/** The tokens to go on with, and the server's refusal if it did not give new ones. */
export interface Renewal {
    tokens?: SessionTokens | undefined;
    refusal?: Response;
}
/** Keeps the session fresh: one refresh at a time, whose outcome all calls share. */
export declare function createSession({ store, refresh, onSessionEnd }: SessionOptions): {
    fresh: () => Promise<Renewal>;
    renew: (stale: SessionTokens, isUrgent?: boolean) => Promise<Renewal>;
    end: (tokens: SessionTokens, answer: Response) => Promise<void>;
    start: (session: Session) => Promise<void>;
    clear: () => Promise<void>;
};
export {};
