import type { LogIn, Problem, RegisterUser } from './api.generated.ts';
import type { Fetch } from './retry.ts';
import type { SessionStore } from './session-store.ts';
import type { Call, CallOptions, Data, ErrorOf, Get, Pages, Result } from './types.ts';
export interface ClientOptions {
    /** Where the API is, such as `https://api.example.com`. In a browser '' is the page's own server. */
    baseUrl: string;
    /** Sends one request: `globalThis.fetch`, or an app's own `fetch` to call it without a network. */
    fetch?: Fetch;
    /** Sent with every request. With credentials among them (Authorization, Cookie) the session is left alone. */
    headers?: Record<string, string>;
    /** Where the session is kept. Default: in memory. */
    session?: SessionStore;
    /** Called once when a session is over and cannot be refreshed: time to show the log-in page. */
    onSessionEnd?: (problem: Problem) => void;
    /** How often a request is sent at most. Default: 4. */
    attempts?: number;
    /** Milliseconds that a call may take, retries and refresh included. Default: 30,000. */
    timeout?: number;
    /** Whether browsers send and take cookies. Default: `omit`, since the tokens are in headers. */
    credentials?: NonNullable<RequestInit['credentials']>;
}
/**
 * A client of Gatepost. Every call resolves with `{ data, response }` or `{ error, response }`; it rejects only if
 * there was no answer at all (as fetch does), with the reason of its signal, or with a TimeoutError.
 */
export interface GatepostClient {
    GET: Get;
    POST: Call<'post'>;
    PUT: Call<'put'>;
    PATCH: Call<'patch'>;
    DELETE: Call<'delete'>;
    /** Every item of a list, page by page. @throws ProblemError */
    pages: Pages;
    /** Makes an account and begins its session. */
    register(account: RegisterUser, options?: CallOptions): Promise<Result<Data<'/users', 'post'>, ErrorOf<'/users', 'post'>>>;
    /** Begins a session; the calls that follow are made with it. */
    logIn(credentials: LogIn, options?: CallOptions): Promise<Result<Data<'/auth/token', 'post'>, ErrorOf<'/auth/token', 'post'>>>;
    /** Ends the session, and forgets it whatever the server answers. */
    logOut(options?: CallOptions): Promise<Result<undefined, ErrorOf<'/auth/logout', 'post'>>>;
}
export declare function createClient(options: ClientOptions): GatepostClient;
