export type Fetch = (request: Request) => Response | Promise<Response>;
export interface Attempts {
    fetch: Fetch;
    /** How often to try at most. */
    attempts: number;
    /** When to give up: milliseconds since 1970. */
    deadline: number;
    /** Whether it does no harm to send it again when nobody knows what became of it. */
    isRepeatable: boolean;
    signal: AbortSignal;
}
/**
 * Sends a request until there is an answer worth having. 429 and 503 with Retry-After (RFC 9110, 10.2.3) are sent
 * again after that time, whatever the method, since nothing was done; 502, 503 and 504 without it, and broken
 * connections, only if the request is repeatable. What cannot be waited for in time is returned as it is.
 * @throws what fetch throws, and the signal's reason
 */
export declare function sendWithRetries(request: Request, options: Attempts): Promise<Response>;
