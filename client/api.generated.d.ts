export interface paths {
    "/auth/token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log in
         * @description With a JSON body, or with HTTP Basic (RFC 7617) and no body. Username and e-mail address are both good.
         */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Get new tokens
         * @description Exchanges a refresh token for new tokens. Each is good once: sent again within seconds (a retry, a second
         *     tab) it gives the same successor; later it ends the session, since somebody else may hold a copy. Browsers
         *     that carry their tokens in cookies send no body.
         */
        post: operations["refreshToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Log out
         * @description Ends the session of the token: here at once, on every other server within a second.
         */
        post: operations["logOut"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/whoami": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who am I?
         * @description The account and the session of the token.
         */
        get: operations["whoAmI"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List users
         * @description Public profiles, newest first. Admins also see the e-mail addresses.
         */
        get: operations["listUsers"];
        put?: never;
        /**
         * Register
         * @description Makes an account and logs in at once: the answer carries the tokens of its first session.
         */
        post: operations["registerUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List your sessions
         * @description Where you are logged in, newest first.
         */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        /**
         * End all your sessions
         * @description Logs out everywhere, here too unless `except_current` is `true`.
         */
        delete: operations["endSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End one of your sessions
         * @description Logs out somewhere else: here at once, on every other server within a second.
         */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read your own account
         * @description The account of the user whose token it is.
         */
        get: operations["readMe"];
        put?: never;
        post?: never;
        /**
         * Delete your own account
         * @description Deletes the account and all its posts, for good, and ends its sessions. Needs the password. With If-Match only if nobody changed the account meanwhile.
         */
        delete: operations["deleteMe"];
        options?: never;
        head?: never;
        /**
         * Change your own account
         * @description Changes the fields that are sent. With If-Match only if nobody changed the account meanwhile. A new e-mail
         *     address needs a recent log-in or `current_password`.
         */
        patch: operations["updateMe"];
        trace?: never;
    };
    "/users/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change your password
         * @description Needs the current one. All your other sessions end.
         */
        put: operations["changePassword"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Public keys
         * @description What other services verify access tokens with: a JSON Web Key Set (RFC 7517). Choose the key by the `kid` of the token, and accept no other algorithm than its `alg`. During a rotation there are several.
         */
        get: operations["readKeySet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a user
         * @description A public profile. Admins also see the e-mail address.
         */
        get: operations["readUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change what a user may do
         * @description Role and whether the account is disabled; for admins. The user’s sessions end: what they were allowed stands in their tokens.
         */
        patch: operations["updateUser"];
        trace?: never;
    };
    "/users/{id}/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Log a user out
         * @description Ends all sessions of a user; for admins.
         */
        delete: operations["endUserSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/posts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List posts
         * @description Published posts, without their bodies. No token is needed.
         */
        get: operations["listPosts"];
        put?: never;
        /**
         * Write a post
         * @description Its author is the user whose token it is.
         */
        post: operations["createPost"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/me/posts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List your own posts
         * @description Your posts, drafts too, newest first.
         */
        get: operations["listMyPosts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/posts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a post
         * @description A whole post with its author.
         */
        get: operations["readPost"];
        put?: never;
        post?: never;
        /**
         * Delete a post
         * @description With its revisions and comments; for its author and admins. With If-Match only if nobody changed it meanwhile.
         */
        delete: operations["deletePost"];
        options?: never;
        head?: never;
        /**
         * Change a post
         * @description Changes the fields that are sent and keeps the former version as a revision; for its author and admins. With If-Match only if nobody changed it meanwhile.
         */
        patch: operations["updatePost"];
        trace?: never;
    };
    "/posts/{id}/revisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List former versions of a post
         * @description Newest first; for its author and admins.
         */
        get: operations["listRevisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/posts/{id}/revisions/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a former version of a post
         * @description For its author and admins.
         */
        get: operations["readRevision"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/posts/{id}/revisions/{number}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Bring a former version back
         * @description Gives the post the title, body and tags that it had; what it is now becomes a revision, so nothing is lost. Where nothing would change, nothing does.
         */
        post: operations["restoreRevision"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/posts/{id}/comments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the comments on a post
         * @description Oldest first.
         */
        get: operations["listComments"];
        put?: never;
        /**
         * Comment on a post
         * @description Its author is the user whose token it is.
         */
        post: operations["createComment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/posts/{id}/comments/{comment_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete a comment
         * @description For its author, the author of the post and admins. With If-Match only if nobody changed it meanwhile.
         */
        delete: operations["deleteComment"];
        options?: never;
        head?: never;
        /**
         * Change a comment
         * @description For its author and admins. With If-Match only if nobody changed it meanwhile.
         */
        patch: operations["updateComment"];
        trace?: never;
    };
    "/audit-events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List audit events
         * @description What happened to accounts and sessions, newest first; for admins.
         */
        get: operations["listAuditEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is the process alive?
         * @description Answers as long as the process can answer at all; it does not ask the database.
         */
        get: operations["readHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Can it do its work?
         * @description Asks the database, which must answer, take writes and have the tables of this version. Load balancers send requests here only while it answers 200; otherwise `detail` says which check has failed.
         */
        get: operations["readReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List all problems
         * @description Every code that errors can have, for people (HTML) and programs (JSON).
         */
        get: operations["listProblems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What does a problem mean?
         * @description Explains a problem to people (HTML) and programs (JSON). The `type` of every problem leads here.
         */
        get: operations["readProblem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This document
         * @description The OpenAPI 3.1 document, generated from the routes.
         */
        get: operations["readDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description What logging in gives. */
        Session: {
            /**
             * @description JSON Web Token for the guarded operations.
             * @example eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIwMTlhOWY2ZSJ9.c2lnbmF0dXJlLW9mLWFuLWV4YW1wbGU
             */
            access_token: string;
            /**
             * @description How to send it: `Authorization: Bearer …`.
             * @enum {string}
             */
            token_type: "Bearer";
            /**
             * Format: int32
             * @description Seconds until the access token expires.
             * @example 900
             */
            expires_in: number;
            /**
             * @description For `POST /auth/refresh`; good once. Store the new one in its place.
             * @example 019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d70.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
             */
            refresh_token: string;
            /**
             * Format: int32
             * @description Seconds until the refresh token expires unless it is used.
             * @example 2592000
             */
            refresh_expires_in: number;
            user: components["schemas"]["Account"];
        };
        /** @description The account of the user who asks. */
        Account: {
            /**
             * Format: uuid
             * @description Id of the user.
             * @example 019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e
             */
            id: string;
            /**
             * @description Name to log in with, in lower case.
             * @example demo
             */
            username: string;
            /**
             * @description Name to show; null where the user has not chosen one.
             * @example Ada Lovelace
             */
            name: string | null;
            /**
             * @description What the user may do.
             * @example user
             * @enum {string}
             */
            role: "user" | "admin";
            /**
             * Format: date-time
             * @description When the user registered.
             * @example 2026-11-21T09:30:00.000Z
             */
            created_at: string;
            /**
             * Format: idn-email
             * @description E-mail address, in lower case.
             * @example demo@demo.example
             */
            email: string;
            /**
             * Format: date-time
             * @description When the account was last changed.
             * @example 2026-11-21T09:30:00.000Z
             */
            updated_at: string;
        };
        /**
         * @description Stable code of a problem, for programs. `/problems/{code}` explains it.
         * @example posts.not_found
         * @enum {string}
         */
        ProblemCode: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.bad_credentials" | "auth.too_many_attempts" | "auth.credentials_missing" | "auth.two_credentials" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_missing" | "auth.refresh_expired" | "auth.refresh_reused" | "auth.wrong_password" | "auth.fresh_login_needed" | "auth.cross_site" | "auth.forbidden" | "sessions.not_found" | "comments.not_found" | "request.malformed" | "request.malformed_json" | "request.body_missing" | "request.timeout" | "request.not_acceptable" | "request.too_large" | "request.headers_too_large" | "request.unsupported_media_type" | "request.invalid" | "request.too_many" | "route.not_found" | "route.method_not_allowed" | "precondition.failed" | "idempotency.key_reused" | "posts.not_found" | "revisions.not_found" | "problems.not_found" | "service.overloaded" | "service.unavailable" | "service.misconfigured" | "service.stopping" | "service.failure" | "users.not_found" | "users.username_taken" | "users.email_taken" | "users.last_admin";
        /** @description One wrong value of a request. */
        InvalidValue: {
            /**
             * @description In which part of the request.
             * @enum {string}
             */
            location: "body" | "query" | "path" | "header" | "cookie";
            /**
             * @description In a body: where, as a JSON pointer (RFC 6901).
             * @example /title
             */
            pointer?: string;
            /**
             * @description Elsewhere: the name of the parameter.
             * @example limit
             */
            name?: string;
            /**
             * @description Stable code of what is wrong, for programs.
             * @example required
             */
            code: string;
            /**
             * @description What is wrong, for people.
             * @example Is required.
             */
            message: string;
        };
        /** @description Username or e-mail address, and password. */
        LogIn: {
            /**
             * @description Username or e-mail address; white space around it does not count.
             * @example demo
             */
            username: string;
            /**
             * Format: password
             * @description The password.
             * @example gatepost-demo
             */
            password: string;
        };
        /** @description The refresh token of the answer before. */
        Refresh: {
            /**
             * @description As it was received.
             * @example 019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d70.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
             */
            refresh_token: string;
        };
        /** @description Who a token speaks for. */
        WhoAmI: {
            /**
             * @description The username.
             * @example demo
             */
            logged_in_as: string;
            user: components["schemas"]["Account"];
            session: components["schemas"]["SessionInfo"];
        };
        /** @description One log-in. */
        SessionInfo: {
            /**
             * Format: uuid
             * @description Id of the session.
             * @example 019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d70
             */
            id: string;
            /**
             * @description The User-Agent that it was used with last.
             * @example curl/8.14.1
             */
            device: string | null;
            /**
             * @description Where it was used from last.
             * @example 203.0.113.7
             */
            address: string | null;
            /**
             * Format: date-time
             * @description When it was opened.
             * @example 2026-11-21T09:30:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was opened or last refreshed.
             * @example 2026-11-21T09:30:00.000Z
             */
            last_used_at: string;
            /**
             * Format: date-time
             * @description When it ends unless it is refreshed.
             * @example 2026-11-21T09:30:00.000Z
             */
            expires_at: string;
            /**
             * @description Whether it is the session of the token that asks.
             * @example true
             */
            current: boolean;
        };
        /** @description What an account is made from. */
        RegisterUser: {
            /**
             * @description Name to log in with: letters, marks and digits of one script, and "_", "." and "-"; 3 characters at least where all are ASCII. Upper and lower case and width make no difference; nobody else’s may look like it.
             * @example ada.lovelace
             */
            username: string;
            /**
             * Format: idn-email
             * @description E-mail address, of any script (RFC 6531, UTS #46); upper and lower case make no difference.
             * @example ada@example.com
             */
            email: string;
            /**
             * Format: password
             * @description At least 8 characters and at most 72 bytes in UTF-8 (what bcrypt looks at), without control characters; none of the common ones, no plain sequence such as abcdefgh, and not the username or e-mail address with digits and signs around it.
             * @example correct horse battery
             */
            password: string;
        };
        /** @description One page of a list. */
        SessionPage: {
            /** @description What is on the page. */
            items: components["schemas"]["SessionInfo"][];
            /**
             * @description Send it as `cursor` for the next page; null on the last.
             * @example null
             */
            next_cursor: string | null;
        };
        /**
         * @description The fields to change; the others stay (RFC 7396).
         * @example {
         *       "email": "demo@demo.example",
         *       "current_password": "gatepost-demo"
         *     }
         */
        UpdateAccount: {
            /**
             * @description Name to log in with: letters, marks and digits of one script, and "_", "." and "-"; 3 characters at least where all are ASCII. Upper and lower case and width make no difference; nobody else’s may look like it.
             * @example ada.lovelace
             */
            username?: string;
            /**
             * @description Name to show; null takes it away.
             * @example Ada Lovelace
             */
            name?: string | null;
            /**
             * Format: idn-email
             * @description E-mail address, of any script (RFC 6531, UTS #46); upper and lower case make no difference.
             * @example ada@example.com
             */
            email?: string;
            /**
             * Format: password
             * @description The password as it is now.
             * @example gatepost-demo
             */
            current_password?: string;
        };
        /** @description The password, to be sure. */
        DeleteAccount: {
            /**
             * Format: password
             * @description The password as it is now.
             * @example gatepost-demo
             */
            password: string;
        };
        /**
         * @description The old password and the new one.
         * @example {
         *       "current_password": "gatepost-demo",
         *       "new_password": "gatepost-demo"
         *     }
         */
        ChangePassword: {
            /**
             * Format: password
             * @description The password as it is now.
             * @example gatepost-demo
             */
            current_password: string;
            /**
             * Format: password
             * @description At least 8 characters and at most 72 bytes in UTF-8 (what bcrypt looks at), without control characters; none of the common ones, no plain sequence such as abcdefgh, and not the username or e-mail address with digits and signs around it.
             * @example correct horse battery
             */
            new_password: string;
        };
        /**
         * @description Public keys. Empty while tokens are signed with a secret (HS256).
         * @example {
         *       "keys": [
         *         {
         *           "kty": "OKP",
         *           "use": "sig",
         *           "kid": "k1",
         *           "alg": "EdDSA",
         *           "crv": "Ed25519",
         *           "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
         *         }
         *       ]
         *     }
         */
        KeySet: {
            /** @description One or, during a rotation, several. */
            keys: components["schemas"]["PublicKey"][];
        };
        /** @description The public part of a key that signs access tokens (RFC 7517). */
        PublicKey: components["schemas"]["Ed25519Key"] | components["schemas"]["P256Key"] | components["schemas"]["RsaKey"];
        /** @description For EdDSA with Ed25519 (RFC 8037). */
        Ed25519Key: {
            /**
             * @description Kind of key.
             * @enum {string}
             */
            kty: "OKP";
            /**
             * @description What it is for: signatures.
             * @enum {string}
             */
            use: "sig";
            /** @description Names the key: the same `kid` stands in the header of its tokens. */
            kid: string;
            /**
             * @description The only algorithm to accept with it.
             * @enum {string}
             */
            alg: "EdDSA";
            /**
             * @description Its curve.
             * @enum {string}
             */
            crv: "Ed25519";
            /** @description The key. */
            x: string;
        };
        /** @description For ES256 (RFC 7518, section 6.2). */
        P256Key: {
            /**
             * @description Kind of key.
             * @enum {string}
             */
            kty: "EC";
            /**
             * @description What it is for: signatures.
             * @enum {string}
             */
            use: "sig";
            /** @description Names the key: the same `kid` stands in the header of its tokens. */
            kid: string;
            /**
             * @description The only algorithm to accept with it.
             * @enum {string}
             */
            alg: "ES256";
            /**
             * @description Its curve.
             * @enum {string}
             */
            crv: "P-256";
            /** @description First coordinate of the key. */
            x: string;
            /** @description Second coordinate of the key. */
            y: string;
        };
        /** @description For RS256 (RFC 7518, section 6.3). */
        RsaKey: {
            /**
             * @description Kind of key.
             * @enum {string}
             */
            kty: "RSA";
            /**
             * @description What it is for: signatures.
             * @enum {string}
             */
            use: "sig";
            /** @description Names the key: the same `kid` stands in the header of its tokens. */
            kid: string;
            /**
             * @description The only algorithm to accept with it.
             * @enum {string}
             */
            alg: "RS256";
            /** @description Modulus of the key. */
            n: string;
            /** @description Exponent of the key. */
            e: string;
        };
        /** @description One page of a list. */
        UserPage: {
            /** @description What is on the page. */
            items: components["schemas"]["User"][];
            /**
             * @description Send it as `cursor` for the next page; null on the last.
             * @example null
             */
            next_cursor: string | null;
        };
        /** @description A public profile. */
        User: {
            /**
             * Format: uuid
             * @description Id of the user.
             * @example 019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e
             */
            id: string;
            /**
             * @description Name to log in with, in lower case.
             * @example demo
             */
            username: string;
            /**
             * @description Name to show; null where the user has not chosen one.
             * @example Ada Lovelace
             */
            name: string | null;
            /**
             * @description What the user may do.
             * @example user
             * @enum {string}
             */
            role: "user" | "admin";
            /**
             * Format: date-time
             * @description When the user registered.
             * @example 2026-11-21T09:30:00.000Z
             */
            created_at: string;
            /**
             * Format: idn-email
             * @description E-mail address, in lower case; for admins only.
             * @example demo@demo.example
             */
            email?: string;
            /**
             * @description Whether the account can no longer log in; for admins only.
             * @example false
             */
            disabled?: boolean;
        };
        /** @description The fields to change; the others stay (RFC 7396). */
        UpdateUser: {
            /**
             * @description What the user may do.
             * @example user
             * @enum {string}
             */
            role?: "user" | "admin";
            /**
             * @description A disabled account cannot log in.
             * @example false
             */
            disabled?: boolean;
        };
        /** @description One page of a list. */
        PostPage: {
            /** @description What is on the page. */
            items: components["schemas"]["PostSummary"][];
            /**
             * @description Send it as `cursor` for the next page; null on the last.
             * @example null
             */
            next_cursor: string | null;
        };
        /** @description A post in a list, without its body. */
        PostSummary: {
            /**
             * Format: int64
             * @description Id of the post.
             * @example 1
             */
            id: number;
            /**
             * @description What it is about, in a line.
             * @example Hello, world
             */
            title: string;
            /**
             * @description Its tags.
             * @example [
             *       "news"
             *     ]
             */
            tags: string[];
            /**
             * @description Drafts are seen by their author and admins alone.
             * @example published
             * @enum {string}
             */
            status: "draft" | "published";
            author: components["schemas"]["Author"];
            /**
             * Format: int32
             * @description How many comments it has.
             * @example 0
             */
            comment_count: number;
            /**
             * Format: date-time
             * @description When it was written.
             * @example 2026-11-21T09:30:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was last changed.
             * @example 2026-11-21T09:30:00.000Z
             */
            updated_at: string;
            /**
             * Format: date-time
             * @description When it was published first; null for a draft that never was.
             * @example 2026-11-21T09:30:00.000Z
             */
            published_at: string | null;
            /**
             * @description How the body begins; with `q` the text around the first hit, hits between `<mark>` and `</mark>`. Plain text, not HTML: escape it before you show it.
             * @example My first post.
             */
            excerpt: string;
        };
        /** @description Who wrote something. */
        Author: {
            /**
             * Format: uuid
             * @description Id of the user.
             * @example 019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e
             */
            id: string;
            /**
             * @description Name that the user logs in with.
             * @example demo
             */
            username: string;
            /**
             * @description Name to show; null where the user has not chosen one.
             * @example Ada Lovelace
             */
            name: string | null;
        };
        /** @description One page of a list. */
        SparsePostPage: {
            /** @description What is on the page. */
            items: components["schemas"]["SparsePostSummary"][];
            /**
             * @description Send it as `cursor` for the next page; null on the last.
             * @example null
             */
            next_cursor: string | null;
        };
        /** @description Some fields of a post in a list. */
        SparsePostSummary: {
            /**
             * Format: int64
             * @description Id of the post.
             * @example 1
             */
            id?: number;
            /**
             * @description What it is about, in a line.
             * @example Hello, world
             */
            title?: string;
            /**
             * @description Its tags.
             * @example [
             *       "news"
             *     ]
             */
            tags?: string[];
            /**
             * @description Drafts are seen by their author and admins alone.
             * @example published
             * @enum {string}
             */
            status?: "draft" | "published";
            author?: components["schemas"]["SparseAuthor"];
            /**
             * Format: int32
             * @description How many comments it has.
             * @example 0
             */
            comment_count?: number;
            /**
             * Format: date-time
             * @description When it was written.
             * @example 2026-11-21T09:30:00.000Z
             */
            created_at?: string;
            /**
             * Format: date-time
             * @description When it was last changed.
             * @example 2026-11-21T09:30:00.000Z
             */
            updated_at?: string;
            /**
             * Format: date-time
             * @description When it was published first; null for a draft that never was.
             * @example 2026-11-21T09:30:00.000Z
             */
            published_at?: string | null;
            /**
             * @description How the body begins; with `q` the text around the first hit, hits between `<mark>` and `</mark>`. Plain text, not HTML: escape it before you show it.
             * @example My first post.
             */
            excerpt?: string;
        };
        /** @description Some fields of an author. */
        SparseAuthor: {
            /**
             * Format: uuid
             * @description Id of the user.
             * @example 019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e
             */
            id?: string;
            /**
             * @description Name that the user logs in with.
             * @example demo
             */
            username?: string;
            /**
             * @description Name to show; null where the user has not chosen one.
             * @example Ada Lovelace
             */
            name?: string | null;
        };
        /** @description A post. */
        Post: {
            /**
             * Format: int64
             * @description Id of the post.
             * @example 1
             */
            id: number;
            /**
             * @description What it is about, in a line.
             * @example Hello, world
             */
            title: string;
            /**
             * @description Its tags.
             * @example [
             *       "news"
             *     ]
             */
            tags: string[];
            /**
             * @description Drafts are seen by their author and admins alone.
             * @example published
             * @enum {string}
             */
            status: "draft" | "published";
            author: components["schemas"]["Author"];
            /**
             * Format: int32
             * @description How many comments it has.
             * @example 0
             */
            comment_count: number;
            /**
             * Format: date-time
             * @description When it was written.
             * @example 2026-11-21T09:30:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was last changed.
             * @example 2026-11-21T09:30:00.000Z
             */
            updated_at: string;
            /**
             * Format: date-time
             * @description When it was published first; null for a draft that never was.
             * @example 2026-11-21T09:30:00.000Z
             */
            published_at: string | null;
            /**
             * @description The text.
             * @example My first post.
             */
            body: string;
        };
        /** @description A new post. Its author is the user whose token it is. */
        CreatePost: {
            /**
             * @description What it is about, in a line.
             * @example Hello, world
             */
            title: string;
            /**
             * @description The text.
             * @example My first post.
             */
            body: string;
            /**
             * @description Tags; case and width make no difference, and the same one twice counts once, as it was written first.
             * @example [
             *       "news"
             *     ]
             */
            tags?: string[];
            /**
             * @description Drafts are seen by their author and admins alone.
             * @example published
             * @enum {string}
             */
            status?: "draft" | "published";
        };
        /** @description Some fields of a post. */
        SparsePost: {
            /**
             * Format: int64
             * @description Id of the post.
             * @example 1
             */
            id?: number;
            /**
             * @description What it is about, in a line.
             * @example Hello, world
             */
            title?: string;
            /**
             * @description Its tags.
             * @example [
             *       "news"
             *     ]
             */
            tags?: string[];
            /**
             * @description Drafts are seen by their author and admins alone.
             * @example published
             * @enum {string}
             */
            status?: "draft" | "published";
            author?: components["schemas"]["SparseAuthor"];
            /**
             * Format: int32
             * @description How many comments it has.
             * @example 0
             */
            comment_count?: number;
            /**
             * Format: date-time
             * @description When it was written.
             * @example 2026-11-21T09:30:00.000Z
             */
            created_at?: string;
            /**
             * Format: date-time
             * @description When it was last changed.
             * @example 2026-11-21T09:30:00.000Z
             */
            updated_at?: string;
            /**
             * Format: date-time
             * @description When it was published first; null for a draft that never was.
             * @example 2026-11-21T09:30:00.000Z
             */
            published_at?: string | null;
            /**
             * @description The text.
             * @example My first post.
             */
            body?: string;
        };
        /** @description The fields to change; the others stay (RFC 7396). */
        UpdatePost: {
            /**
             * @description What it is about, in a line.
             * @example Hello, world
             */
            title?: string;
            /**
             * @description The text.
             * @example My first post.
             */
            body?: string;
            /**
             * @description Tags; case and width make no difference, and the same one twice counts once, as it was written first.
             * @example [
             *       "news"
             *     ]
             */
            tags?: string[];
            /**
             * @description Drafts are seen by their author and admins alone.
             * @example published
             * @enum {string}
             */
            status?: "draft" | "published";
        };
        /** @description One page of a list. */
        RevisionPage: {
            /** @description What is on the page. */
            items: components["schemas"]["RevisionSummary"][];
            /**
             * @description Send it as `cursor` for the next page; null on the last.
             * @example null
             */
            next_cursor: string | null;
        };
        /** @description A former version of a post, without its body. */
        RevisionSummary: {
            /**
             * Format: int32
             * @description Counts the versions of the post from 1.
             * @example 1
             */
            number: number;
            /**
             * @description What it is about, in a line.
             * @example Hello, world
             */
            title: string;
            /**
             * @description Its tags.
             * @example [
             *       "news"
             *     ]
             */
            tags: string[];
            /**
             * @description Drafts are seen by their author and admins alone.
             * @example published
             * @enum {string}
             */
            status: "draft" | "published";
            /**
             * Format: date-time
             * @description When this version was written.
             * @example 2026-11-21T09:30:00.000Z
             */
            written_at: string;
            /**
             * Format: date-time
             * @description When another took its place.
             * @example 2026-11-21T09:30:00.000Z
             */
            replaced_at: string;
            /**
             * Format: uuid
             * @description Id of the user who changed it; null if the account is gone.
             * @example 019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e
             */
            replaced_by: string | null;
        };
        /** @description A former version of a post. */
        Revision: {
            /**
             * Format: int32
             * @description Counts the versions of the post from 1.
             * @example 1
             */
            number: number;
            /**
             * @description What it is about, in a line.
             * @example Hello, world
             */
            title: string;
            /**
             * @description Its tags.
             * @example [
             *       "news"
             *     ]
             */
            tags: string[];
            /**
             * @description Drafts are seen by their author and admins alone.
             * @example published
             * @enum {string}
             */
            status: "draft" | "published";
            /**
             * Format: date-time
             * @description When this version was written.
             * @example 2026-11-21T09:30:00.000Z
             */
            written_at: string;
            /**
             * Format: date-time
             * @description When another took its place.
             * @example 2026-11-21T09:30:00.000Z
             */
            replaced_at: string;
            /**
             * Format: uuid
             * @description Id of the user who changed it; null if the account is gone.
             * @example 019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e
             */
            replaced_by: string | null;
            /**
             * @description The text.
             * @example My first post.
             */
            body: string;
        };
        /** @description One page of a list. */
        CommentPage: {
            /** @description What is on the page. */
            items: components["schemas"]["Comment"][];
            /**
             * @description Send it as `cursor` for the next page; null on the last.
             * @example null
             */
            next_cursor: string | null;
        };
        /** @description A comment on a post. */
        Comment: {
            /**
             * Format: int64
             * @description Id of the comment.
             * @example 1
             */
            id: number;
            /**
             * Format: int64
             * @description Id of the post that it is on.
             * @example 1
             */
            post_id: number;
            /**
             * @description The text.
             * @example Well said.
             */
            body: string;
            author: components["schemas"]["Author"];
            /**
             * Format: date-time
             * @description When it was written.
             * @example 2026-11-21T09:30:00.000Z
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was last changed.
             * @example 2026-11-21T09:30:00.000Z
             */
            updated_at: string;
        };
        /** @description The text of a comment. */
        WriteComment: {
            /**
             * @description The text.
             * @example Well said.
             */
            body: string;
        };
        /** @description One page of a list. */
        AuditEventPage: {
            /** @description What is on the page. */
            items: components["schemas"]["AuditEvent"][];
            /**
             * @description Send it as `cursor` for the next page; null on the last.
             * @example null
             */
            next_cursor: string | null;
        };
        /** @description Something that happened to an account or a session. */
        AuditEvent: {
            /**
             * Format: uuid
             * @description Id of the event.
             * @example 019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d71
             */
            id: string;
            /**
             * Format: date-time
             * @description When it happened.
             * @example 2026-11-21T09:30:00.000Z
             */
            at: string;
            action: components["schemas"]["AuditAction"];
            /**
             * Format: uuid
             * @description Who did it, if they were logged in.
             * @example 019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e
             */
            actor_id: string | null;
            /**
             * Format: uuid
             * @description Whom it is about, if that account exists.
             * @example 019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e
             */
            user_id: string | null;
            /**
             * Format: uuid
             * @description The session of who did it, or that it is about.
             * @example 019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d70
             */
            session_id: string | null;
            /**
             * @description Where the request came from.
             * @example 203.0.113.7
             */
            address: string | null;
            /**
             * @description What program the request came from.
             * @example curl/8.14.1
             */
            user_agent: string | null;
            /**
             * @description Id of the request in the logs.
             * @example 5f0c8a52-7f5a-4f0e-9d57-0b8a53f3a6f1
             */
            request_id: string | null;
            detail: components["schemas"]["AuditDetail"];
        };
        /**
         * @description What happened.
         * @example user.role_changed
         * @enum {string}
         */
        AuditAction: "user.registered" | "user.created" | "user.changed" | "user.role_changed" | "user.disabled" | "user.enabled" | "user.deleted" | "user.password_changed" | "session.logged_in" | "session.login_failed" | "session.login_limited" | "session.refreshed" | "session.reuse_detected" | "session.ended" | "key.first_used" | "key.rotated";
        /**
         * @description More to know: which fields there are depends on the action.
         * @example {
         *       "role": "admin"
         *     }
         */
        AuditDetail: {
            /**
             * @description Names of the fields that were changed.
             * @example username email
             */
            fields?: string;
            /**
             * @description The new role.
             * @enum {string}
             */
            role?: "user" | "admin";
            /**
             * @description Why the session ended.
             * @enum {string}
             */
            reason?: "logout" | "revoked" | "password" | "role" | "disabled" | "deleted" | "reuse";
            /**
             * Format: uuid
             * @description The session that was ended.
             * @example 019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d70
             */
            session?: string;
            /**
             * Format: int32
             * @description How many sessions ended.
             * @example 2
             */
            count?: number;
            /**
             * @description The limit that was reached.
             * @example login
             */
            policy?: string;
            /** @description The key that signs from now on. */
            kid?: string;
            /**
             * @description Its algorithm.
             * @enum {string}
             */
            alg?: "HS256" | "EdDSA" | "ES256" | "RS256";
        };
        /** @description All is well; otherwise the answer is a problem. */
        Health: {
            /**
             * @description How it is.
             * @enum {string}
             */
            status: "ok";
        };
        /** @description Every problem that this server can answer with. */
        ProblemList: {
            /** @description All problems. */
            items: components["schemas"]["ProblemExplanation"][];
        };
        /** @description What a problem means and what to do. */
        ProblemExplanation: {
            /**
             * Format: uri-reference
             * @description The address of this explanation.
             * @example /problems/posts.not_found
             */
            type: string;
            code: components["schemas"]["ProblemCode"];
            /**
             * Format: int32
             * @description The HTTP status.
             * @example 404
             */
            status: number;
            /**
             * @description What kind of problem it is; the same for every occurrence.
             * @example No such post
             */
            title: string;
            /**
             * @description What the problem means.
             * @example There is no post with this id.
             */
            detail: string;
            /**
             * @description What you can do.
             * @example Look the post up with GET /posts. Drafts are seen by their author and admins alone.
             */
            advice: string;
        };
        /**
         * @description An OpenAPI document.
         * @example {
         *       "openapi": "3.1.0",
         *       "info": {},
         *       "servers": [],
         *       "tags": [],
         *       "paths": {},
         *       "components": {}
         *     }
         */
        OpenApiDocument: {
            /**
             * @description Version of the OpenAPI Specification.
             * @enum {string}
             */
            openapi: "3.1.0";
            /** @description Title, version, licence and contact. */
            info?: unknown;
            /** @description Where the API is. */
            servers?: unknown;
            /** @description Groups of operations. */
            tags?: unknown;
            /** @description The operations. */
            paths?: unknown;
            /** @description What the operations share. */
            components?: unknown;
        };
        /** @description What went wrong and where (RFC 9457). */
        Problem: {
            /**
             * Format: uri-reference
             * @description Address on this server that explains the problem.
             * @example /problems/posts.not_found
             */
            type: string;
            /**
             * @description What kind of problem it is; the same for every occurrence.
             * @example No such post
             */
            title: string;
            /**
             * Format: int32
             * @description The HTTP status.
             * @example 404
             */
            status: number;
            /** @description What is wrong this time. */
            detail: string;
            /**
             * Format: uri-reference
             * @description The path that was asked for.
             * @example /posts
             */
            instance: string;
            code: components["schemas"]["ProblemCode"];
            /**
             * @description Id of the request in the logs.
             * @example 5f0c8a52-7f5a-4f0e-9d57-0b8a53f3a6f1
             */
            request_id: string;
            /** @description The wrong values; with status 422. */
            errors?: components["schemas"]["InvalidValue"][];
        };
        /** @description What went wrong and where (RFC 9457). */
        ProblemDetails: {
            /**
             * Format: uri-reference
             * @description Address on this server that explains the problem.
             * @example /problems/posts.not_found
             */
            type: string;
            /**
             * @description What kind of problem it is; the same for every occurrence.
             * @example No such post
             */
            title: string;
            /** @description What is wrong this time. */
            detail: string;
            /**
             * Format: uri-reference
             * @description The path that was asked for.
             * @example /posts
             */
            instance: string;
            /**
             * @description Id of the request in the logs.
             * @example 5f0c8a52-7f5a-4f0e-9d57-0b8a53f3a6f1
             */
            request_id: string;
            /** @description The wrong values; with status 422. */
            errors?: components["schemas"]["InvalidValue"][];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type Session = components['schemas']['Session'];
export type Account = components['schemas']['Account'];
export type ProblemCode = components['schemas']['ProblemCode'];
export type InvalidValue = components['schemas']['InvalidValue'];
export type LogIn = components['schemas']['LogIn'];
export type Refresh = components['schemas']['Refresh'];
export type WhoAmI = components['schemas']['WhoAmI'];
export type SessionInfo = components['schemas']['SessionInfo'];
export type RegisterUser = components['schemas']['RegisterUser'];
export type SessionPage = components['schemas']['SessionPage'];
export type UpdateAccount = components['schemas']['UpdateAccount'];
export type DeleteAccount = components['schemas']['DeleteAccount'];
export type ChangePassword = components['schemas']['ChangePassword'];
export type KeySet = components['schemas']['KeySet'];
export type PublicKey = components['schemas']['PublicKey'];
export type Ed25519Key = components['schemas']['Ed25519Key'];
export type P256Key = components['schemas']['P256Key'];
export type RsaKey = components['schemas']['RsaKey'];
export type UserPage = components['schemas']['UserPage'];
export type User = components['schemas']['User'];
export type UpdateUser = components['schemas']['UpdateUser'];
export type PostPage = components['schemas']['PostPage'];
export type PostSummary = components['schemas']['PostSummary'];
export type Author = components['schemas']['Author'];
export type SparsePostPage = components['schemas']['SparsePostPage'];
export type SparsePostSummary = components['schemas']['SparsePostSummary'];
export type SparseAuthor = components['schemas']['SparseAuthor'];
export type Post = components['schemas']['Post'];
export type CreatePost = components['schemas']['CreatePost'];
export type SparsePost = components['schemas']['SparsePost'];
export type UpdatePost = components['schemas']['UpdatePost'];
export type RevisionPage = components['schemas']['RevisionPage'];
export type RevisionSummary = components['schemas']['RevisionSummary'];
export type Revision = components['schemas']['Revision'];
export type CommentPage = components['schemas']['CommentPage'];
export type Comment = components['schemas']['Comment'];
export type WriteComment = components['schemas']['WriteComment'];
export type AuditEventPage = components['schemas']['AuditEventPage'];
export type AuditEvent = components['schemas']['AuditEvent'];
export type AuditAction = components['schemas']['AuditAction'];
export type AuditDetail = components['schemas']['AuditDetail'];
export type Health = components['schemas']['Health'];
export type ProblemList = components['schemas']['ProblemList'];
export type ProblemExplanation = components['schemas']['ProblemExplanation'];
export type OpenApiDocument = components['schemas']['OpenApiDocument'];
export type Problem = components['schemas']['Problem'];
export type ProblemDetails = components['schemas']['ProblemDetails'];
export type $defs = Record<string, never>;
export interface operations {
    createToken: {
        parameters: {
            query?: {
                /** @description `cookie` also sets the tokens as HttpOnly cookies, for browsers. Unsafe methods then need to come from the same origin. */
                carrier?: "body" | "cookie";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["LogIn"];
            };
        };
        responses: {
            /** @description Logged in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "access_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIwMTlhOWY2ZSJ9.c2lnbmF0dXJlLW9mLWFuLWV4YW1wbGU",
                     *       "token_type": "Bearer",
                     *       "expires_in": 900,
                     *       "refresh_token": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d70.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                     *       "refresh_expires_in": 2592000,
                     *       "user": {
                     *         "id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e",
                     *         "username": "demo",
                     *         "name": "Ada Lovelace",
                     *         "role": "user",
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "email": "demo@demo.example",
                     *         "updated_at": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Session"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed" | "request.malformed_json";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.bad_credentials" | "auth.credentials_missing";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.timeout";
                        status: 408;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_large";
                        status: 413;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.unsupported_media_type";
                        status: 415;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.too_many_attempts" | "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    refreshToken: {
        parameters: {
            query?: {
                /** @description `cookie` also sets the tokens as HttpOnly cookies, for browsers. Unsafe methods then need to come from the same origin. */
                carrier?: "body" | "cookie";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["Refresh"];
            };
        };
        responses: {
            /** @description New tokens. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "access_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIwMTlhOWY2ZSJ9.c2lnbmF0dXJlLW9mLWFuLWV4YW1wbGU",
                     *       "token_type": "Bearer",
                     *       "expires_in": 900,
                     *       "refresh_token": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d70.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                     *       "refresh_expires_in": 2592000,
                     *       "user": {
                     *         "id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e",
                     *         "username": "demo",
                     *         "name": "Ada Lovelace",
                     *         "role": "user",
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "email": "demo@demo.example",
                     *         "updated_at": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Session"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "request.malformed" | "request.malformed_json";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_missing" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.cross_site";
                        status: 403;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.timeout";
                        status: 408;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_large";
                        status: 413;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.unsupported_media_type";
                        status: 415;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    logOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Logged out. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.cross_site";
                        status: 403;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    whoAmI: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description You. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "logged_in_as": "demo",
                     *       "user": {
                     *         "id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e",
                     *         "username": "demo",
                     *         "name": "Ada Lovelace",
                     *         "role": "user",
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "email": "demo@demo.example",
                     *         "updated_at": "2026-11-21T09:30:00.000Z"
                     *       },
                     *       "session": {
                     *         "id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d70",
                     *         "device": "curl/8.14.1",
                     *         "address": "203.0.113.7",
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "last_used_at": "2026-11-21T09:30:00.000Z",
                     *         "expires_at": "2026-11-21T09:30:00.000Z",
                     *         "current": true
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["WhoAmI"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /** @description Part of the username or of the name to show, for admins also of the e-mail address; case makes no difference. */
                q?: string;
                /** @description Only users with this role. */
                role?: "user" | "admin";
                /** @description Only accounts that are disabled, or that are not; for admins. */
                disabled?: "true" | "false";
                /** @description Most items in the answer. */
                limit?: number;
                /** @description Where to go on: `next_cursor` of the answer before, with the same filters and order. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of users. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e",
                     *           "username": "demo",
                     *           "name": "Ada Lovelace",
                     *           "role": "user",
                     *           "created_at": "2026-11-21T09:30:00.000Z",
                     *           "email": "demo@demo.example",
                     *           "disabled": false
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["UserPage"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.forbidden";
                        status: 403;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    registerUser: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RegisterUser"];
            };
        };
        responses: {
            /** @description The account was made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "access_token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIwMTlhOWY2ZSJ9.c2lnbmF0dXJlLW9mLWFuLWV4YW1wbGU",
                     *       "token_type": "Bearer",
                     *       "expires_in": 900,
                     *       "refresh_token": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d70.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                     *       "refresh_expires_in": 2592000,
                     *       "user": {
                     *         "id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e",
                     *         "username": "demo",
                     *         "name": "Ada Lovelace",
                     *         "role": "user",
                     *         "created_at": "2026-11-21T09:30:00.000Z",
                     *         "email": "demo@demo.example",
                     *         "updated_at": "2026-11-21T09:30:00.000Z"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["Session"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "request.malformed" | "request.malformed_json" | "request.body_missing";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.timeout";
                        status: 408;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "users.username_taken" | "users.email_taken";
                        status: 409;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_large";
                        status: 413;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.unsupported_media_type";
                        status: 415;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    listSessions: {
        parameters: {
            query?: {
                /** @description Most items in the answer. */
                limit?: number;
                /** @description Where to go on: `next_cursor` of the answer before, with the same filters and order. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of sessions. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d70",
                     *           "device": "curl/8.14.1",
                     *           "address": "203.0.113.7",
                     *           "created_at": "2026-11-21T09:30:00.000Z",
                     *           "last_used_at": "2026-11-21T09:30:00.000Z",
                     *           "expires_at": "2026-11-21T09:30:00.000Z",
                     *           "current": true
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["SessionPage"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    endSessions: {
        parameters: {
            query?: {
                /** @description `true` keeps the session of the token that asks. */
                except_current?: "true" | "false";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They have ended. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.cross_site";
                        status: 403;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the session. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session has ended. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.cross_site";
                        status: 403;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "sessions.not_found";
                        status: 404;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    readMe: {
        parameters: {
            query?: never;
            header?: {
                /** @description Entity tags that the client has already: if one is current the answer is 304, without a body. Written as in ETag, with its quotation marks. */
                "If-None-Match"?: string;
                /** @description Entity tags of what the client expects: if none is current the answer is 412. Written as in ETag, with its quotation marks. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Your account. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e",
                     *       "username": "demo",
                     *       "name": "Ada Lovelace",
                     *       "role": "user",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "email": "demo@demo.example",
                     *       "updated_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Account"];
                };
            };
            /** @description Unchanged since the version in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "precondition.failed";
                        status: 412;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    deleteMe: {
        parameters: {
            query?: never;
            header?: {
                /** @description Entity tag of what the client means to change: if somebody else was quicker the answer is 412. Written as in ETag, with its quotation marks. */
                "If-Match"?: string;
                /** @description Entity tags of what must not be changed: if one is current the answer is 412; with `*` it always is. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeleteAccount"];
            };
        };
        responses: {
            /** @description The account is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed" | "request.malformed_json" | "request.body_missing";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.wrong_password" | "auth.cross_site";
                        status: 403;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.timeout";
                        status: 408;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "users.last_admin";
                        status: 409;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "precondition.failed";
                        status: 412;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_large";
                        status: 413;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.unsupported_media_type";
                        status: 415;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.too_many_attempts" | "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    updateMe: {
        parameters: {
            query?: never;
            header?: {
                /** @description Entity tag of what the client means to change: if somebody else was quicker the answer is 412. Written as in ETag, with its quotation marks. */
                "If-Match"?: string;
                /** @description Entity tags of what must not be changed: if one is current the answer is 412; with `*` it always is. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateAccount"];
            };
        };
        responses: {
            /** @description The account as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e",
                     *       "username": "demo",
                     *       "name": "Ada Lovelace",
                     *       "role": "user",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "email": "demo@demo.example",
                     *       "updated_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Account"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed" | "request.malformed_json" | "request.body_missing";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.wrong_password" | "auth.fresh_login_needed" | "auth.cross_site";
                        status: 403;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.timeout";
                        status: 408;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "users.username_taken" | "users.email_taken";
                        status: 409;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "precondition.failed";
                        status: 412;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_large";
                        status: 413;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.unsupported_media_type";
                        status: 415;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.too_many_attempts" | "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePassword"];
            };
        };
        responses: {
            /** @description The new password is in force. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed" | "request.malformed_json" | "request.body_missing";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.wrong_password" | "auth.cross_site";
                        status: 403;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.timeout";
                        status: 408;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_large";
                        status: 413;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.unsupported_media_type";
                        status: 415;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.too_many_attempts" | "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    readKeySet: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "keys": [
                     *         {
                     *           "kty": "OKP",
                     *           "use": "sig",
                     *           "kid": "k1",
                     *           "alg": "EdDSA",
                     *           "crv": "Ed25519",
                     *           "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["KeySet"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "request.malformed";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    readUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description Entity tags that the client has already: if one is current the answer is 304, without a body. Written as in ETag, with its quotation marks. */
                "If-None-Match"?: string;
                /** @description Entity tags of what the client expects: if none is current the answer is 412. Written as in ETag, with its quotation marks. */
                "If-Match"?: string;
            };
            path: {
                /** @description Id of the user. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The user. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e",
                     *       "username": "demo",
                     *       "name": "Ada Lovelace",
                     *       "role": "user",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "email": "demo@demo.example",
                     *       "disabled": false
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description Unchanged since the version in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "users.not_found";
                        status: 404;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "precondition.failed";
                        status: 412;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    updateUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description Entity tag of what the client means to change: if somebody else was quicker the answer is 412. Written as in ETag, with its quotation marks. */
                "If-Match"?: string;
                /** @description Entity tags of what must not be changed: if one is current the answer is 412; with `*` it always is. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description Id of the user. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateUser"];
            };
        };
        responses: {
            /** @description The user as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e",
                     *       "username": "demo",
                     *       "name": "Ada Lovelace",
                     *       "role": "user",
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "email": "demo@demo.example",
                     *       "disabled": false
                     *     }
                     */
                    "application/json": components["schemas"]["User"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed" | "request.malformed_json" | "request.body_missing";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.cross_site" | "auth.forbidden";
                        status: 403;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "users.not_found";
                        status: 404;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.timeout";
                        status: 408;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "users.last_admin";
                        status: 409;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "precondition.failed";
                        status: 412;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_large";
                        status: 413;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.unsupported_media_type";
                        status: 415;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    endUserSessions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the user. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They have ended. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.cross_site" | "auth.forbidden";
                        status: 403;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "users.not_found";
                        status: 404;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    listPosts: {
        parameters: {
            query?: {
                /** @description Only posts of this user: id or username. */
                author?: string;
                /** @description Only posts with this tag, in whatever case and width; repeat it for posts with all of several tags. */
                tag?: string[];
                /** @description Only posts with these words in title, text or tags, whatever their case, width and accents; "quoted phrases", OR and -excluded words are understood. Parts of addresses and names count (`vue` is in Vue.js), C++, emoji and #tags are words. Words of Korean, Japanese, Chinese and Thai are also found inside of longer ones. */
                q?: string;
                /** @description Only posts made at or after this time. */
                created_after?: string;
                /** @description Only posts made before this time. */
                created_before?: string;
                /** @description Order of the posts. `newest` and `oldest` go by when they were published; `relevance` needs `q` and ranks its 200 newest hits. */
                sort?: "newest" | "oldest" | "updated" | "relevance";
                /** @description Only these fields of each item, such as `id,title,author{username}`. The answer is then `application/vnd.gatepost.sparse+json`, or `application/json` where Accept names that and does not prefer the other. */
                fields?: string;
                /** @description Most items in the answer. */
                limit?: number;
                /** @description Where to go on: `next_cursor` of the answer before, with the same filters and order. */
                cursor?: string;
            };
            header?: {
                /** @description Entity tags that the client has already: if one is current the answer is 304, without a body. Written as in ETag, with its quotation marks. */
                "If-None-Match"?: string;
                /** @description Entity tags of what the client expects: if none is current the answer is 412. Written as in ETag, with its quotation marks. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of posts; none is fine. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": 1,
                     *           "title": "Hello, world",
                     *           "tags": [
                     *             "news"
                     *           ],
                     *           "status": "published",
                     *           "author": {
                     *             "id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e",
                     *             "username": "demo",
                     *             "name": "Ada Lovelace"
                     *           },
                     *           "comment_count": 0,
                     *           "created_at": "2026-11-21T09:30:00.000Z",
                     *           "updated_at": "2026-11-21T09:30:00.000Z",
                     *           "published_at": "2026-11-21T09:30:00.000Z",
                     *           "excerpt": "My first post."
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["PostPage"];
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": 1,
                     *           "title": "Hello, world",
                     *           "tags": [
                     *             "news"
                     *           ],
                     *           "status": "published",
                     *           "author": {
                     *             "id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e",
                     *             "username": "demo",
                     *             "name": "Ada Lovelace"
                     *           },
                     *           "comment_count": 0,
                     *           "created_at": "2026-11-21T09:30:00.000Z",
                     *           "updated_at": "2026-11-21T09:30:00.000Z",
                     *           "published_at": "2026-11-21T09:30:00.000Z",
                     *           "excerpt": "My first post."
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/vnd.gatepost.sparse+json": components["schemas"]["SparsePostPage"];
                };
            };
            /** @description Unchanged since the version in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "request.malformed";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "precondition.failed";
                        status: 412;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    createPost: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice that makes the request safe to repeat: sent again with the same body within 24 hours, it creates nothing and gets the first answer, with `Idempotency-Replayed: true`. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreatePost"];
            };
        };
        responses: {
            /** @description The new post. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "title": "Hello, world",
                     *       "tags": [
                     *         "news"
                     *       ],
                     *       "status": "published",
                     *       "author": {
                     *         "id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e",
                     *         "username": "demo",
                     *         "name": "Ada Lovelace"
                     *       },
                     *       "comment_count": 0,
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "published_at": "2026-11-21T09:30:00.000Z",
                     *       "body": "My first post."
                     *     }
                     */
                    "application/json": components["schemas"]["Post"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed" | "request.malformed_json" | "request.body_missing";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.cross_site";
                        status: 403;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.timeout";
                        status: 408;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_large";
                        status: 413;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.unsupported_media_type";
                        status: 415;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid" | "idempotency.key_reused";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    listMyPosts: {
        parameters: {
            query?: {
                /** @description Only drafts, or only what is published. */
                status?: "draft" | "published";
                /** @description Most items in the answer. */
                limit?: number;
                /** @description Where to go on: `next_cursor` of the answer before, with the same filters and order. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of your posts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": 1,
                     *           "title": "Hello, world",
                     *           "tags": [
                     *             "news"
                     *           ],
                     *           "status": "published",
                     *           "author": {
                     *             "id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e",
                     *             "username": "demo",
                     *             "name": "Ada Lovelace"
                     *           },
                     *           "comment_count": 0,
                     *           "created_at": "2026-11-21T09:30:00.000Z",
                     *           "updated_at": "2026-11-21T09:30:00.000Z",
                     *           "published_at": "2026-11-21T09:30:00.000Z",
                     *           "excerpt": "My first post."
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["PostPage"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    readPost: {
        parameters: {
            query?: {
                /** @description Only these fields of each item, such as `id,title,author{username}`. The answer is then `application/vnd.gatepost.sparse+json`, or `application/json` where Accept names that and does not prefer the other. */
                fields?: string;
            };
            header?: {
                /** @description Entity tags that the client has already: if one is current the answer is 304, without a body. Written as in ETag, with its quotation marks. */
                "If-None-Match"?: string;
                /** @description Entity tags of what the client expects: if none is current the answer is 412. Written as in ETag, with its quotation marks. */
                "If-Match"?: string;
            };
            path: {
                /** @description Id of the post. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The post. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "title": "Hello, world",
                     *       "tags": [
                     *         "news"
                     *       ],
                     *       "status": "published",
                     *       "author": {
                     *         "id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e",
                     *         "username": "demo",
                     *         "name": "Ada Lovelace"
                     *       },
                     *       "comment_count": 0,
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "published_at": "2026-11-21T09:30:00.000Z",
                     *       "body": "My first post."
                     *     }
                     */
                    "application/json": components["schemas"]["Post"];
                    /**
                     * @example {
                     *       "id": 1,
                     *       "title": "Hello, world",
                     *       "tags": [
                     *         "news"
                     *       ],
                     *       "status": "published",
                     *       "author": {
                     *         "id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e",
                     *         "username": "demo",
                     *         "name": "Ada Lovelace"
                     *       },
                     *       "comment_count": 0,
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "published_at": "2026-11-21T09:30:00.000Z",
                     *       "body": "My first post."
                     *     }
                     */
                    "application/vnd.gatepost.sparse+json": components["schemas"]["SparsePost"];
                };
            };
            /** @description Unchanged since the version in If-None-Match. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "posts.not_found";
                        status: 404;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "precondition.failed";
                        status: 412;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    deletePost: {
        parameters: {
            query?: never;
            header?: {
                /** @description Entity tag of what the client means to change: if somebody else was quicker the answer is 412. Written as in ETag, with its quotation marks. */
                "If-Match"?: string;
                /** @description Entity tags of what must not be changed: if one is current the answer is 412; with `*` it always is. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description Id of the post. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The post is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.cross_site" | "auth.forbidden";
                        status: 403;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "posts.not_found";
                        status: 404;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "precondition.failed";
                        status: 412;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    updatePost: {
        parameters: {
            query?: never;
            header?: {
                /** @description Entity tag of what the client means to change: if somebody else was quicker the answer is 412. Written as in ETag, with its quotation marks. */
                "If-Match"?: string;
                /** @description Entity tags of what must not be changed: if one is current the answer is 412; with `*` it always is. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description Id of the post. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdatePost"];
            };
        };
        responses: {
            /** @description The post as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "title": "Hello, world",
                     *       "tags": [
                     *         "news"
                     *       ],
                     *       "status": "published",
                     *       "author": {
                     *         "id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e",
                     *         "username": "demo",
                     *         "name": "Ada Lovelace"
                     *       },
                     *       "comment_count": 0,
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "published_at": "2026-11-21T09:30:00.000Z",
                     *       "body": "My first post."
                     *     }
                     */
                    "application/json": components["schemas"]["Post"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed" | "request.malformed_json" | "request.body_missing";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.cross_site" | "auth.forbidden";
                        status: 403;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "posts.not_found";
                        status: 404;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.timeout";
                        status: 408;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "precondition.failed";
                        status: 412;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_large";
                        status: 413;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.unsupported_media_type";
                        status: 415;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    listRevisions: {
        parameters: {
            query?: {
                /** @description Most items in the answer. */
                limit?: number;
                /** @description Where to go on: `next_cursor` of the answer before, with the same filters and order. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description Id of the post. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of revisions. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "number": 1,
                     *           "title": "Hello, world",
                     *           "tags": [
                     *             "news"
                     *           ],
                     *           "status": "published",
                     *           "written_at": "2026-11-21T09:30:00.000Z",
                     *           "replaced_at": "2026-11-21T09:30:00.000Z",
                     *           "replaced_by": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["RevisionPage"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.forbidden";
                        status: 403;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "posts.not_found";
                        status: 404;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    readRevision: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the post. */
                id: number;
                /** @description Number of the revision. */
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The revision. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "number": 1,
                     *       "title": "Hello, world",
                     *       "tags": [
                     *         "news"
                     *       ],
                     *       "status": "published",
                     *       "written_at": "2026-11-21T09:30:00.000Z",
                     *       "replaced_at": "2026-11-21T09:30:00.000Z",
                     *       "replaced_by": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e",
                     *       "body": "My first post."
                     *     }
                     */
                    "application/json": components["schemas"]["Revision"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.forbidden";
                        status: 403;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "posts.not_found" | "revisions.not_found";
                        status: 404;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    restoreRevision: {
        parameters: {
            query?: never;
            header?: {
                /** @description Entity tag of what the client means to change: if somebody else was quicker the answer is 412. Written as in ETag, with its quotation marks. */
                "If-Match"?: string;
                /** @description Entity tags of what must not be changed: if one is current the answer is 412; with `*` it always is. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description Id of the post. */
                id: number;
                /** @description Number of the revision. */
                number: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The post as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "title": "Hello, world",
                     *       "tags": [
                     *         "news"
                     *       ],
                     *       "status": "published",
                     *       "author": {
                     *         "id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e",
                     *         "username": "demo",
                     *         "name": "Ada Lovelace"
                     *       },
                     *       "comment_count": 0,
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z",
                     *       "published_at": "2026-11-21T09:30:00.000Z",
                     *       "body": "My first post."
                     *     }
                     */
                    "application/json": components["schemas"]["Post"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.cross_site" | "auth.forbidden";
                        status: 403;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "posts.not_found" | "revisions.not_found";
                        status: 404;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "precondition.failed";
                        status: 412;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    listComments: {
        parameters: {
            query?: {
                /** @description Most items in the answer. */
                limit?: number;
                /** @description Where to go on: `next_cursor` of the answer before, with the same filters and order. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description Id of the post. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of comments. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": 1,
                     *           "post_id": 1,
                     *           "body": "Well said.",
                     *           "author": {
                     *             "id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e",
                     *             "username": "demo",
                     *             "name": "Ada Lovelace"
                     *           },
                     *           "created_at": "2026-11-21T09:30:00.000Z",
                     *           "updated_at": "2026-11-21T09:30:00.000Z"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["CommentPage"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "posts.not_found";
                        status: 404;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    createComment: {
        parameters: {
            query?: never;
            header?: {
                /** @description A text of your choice that makes the request safe to repeat: sent again with the same body within 24 hours, it creates nothing and gets the first answer, with `Idempotency-Replayed: true`. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description Id of the post. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WriteComment"];
            };
        };
        responses: {
            /** @description The new comment. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "post_id": 1,
                     *       "body": "Well said.",
                     *       "author": {
                     *         "id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e",
                     *         "username": "demo",
                     *         "name": "Ada Lovelace"
                     *       },
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Comment"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed" | "request.malformed_json" | "request.body_missing";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.cross_site";
                        status: 403;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "posts.not_found";
                        status: 404;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.timeout";
                        status: 408;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_large";
                        status: 413;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.unsupported_media_type";
                        status: 415;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid" | "idempotency.key_reused";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    deleteComment: {
        parameters: {
            query?: never;
            header?: {
                /** @description Entity tag of what the client means to change: if somebody else was quicker the answer is 412. Written as in ETag, with its quotation marks. */
                "If-Match"?: string;
                /** @description Entity tags of what must not be changed: if one is current the answer is 412; with `*` it always is. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description Id of the post. */
                id: number;
                /** @description Id of the comment. */
                comment_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The comment is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.cross_site" | "auth.forbidden";
                        status: 403;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "comments.not_found" | "posts.not_found";
                        status: 404;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "precondition.failed";
                        status: 412;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    updateComment: {
        parameters: {
            query?: never;
            header?: {
                /** @description Entity tag of what the client means to change: if somebody else was quicker the answer is 412. Written as in ETag, with its quotation marks. */
                "If-Match"?: string;
                /** @description Entity tags of what must not be changed: if one is current the answer is 412; with `*` it always is. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description Id of the post. */
                id: number;
                /** @description Id of the comment. */
                comment_id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WriteComment"];
            };
        };
        responses: {
            /** @description The comment as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": 1,
                     *       "post_id": 1,
                     *       "body": "Well said.",
                     *       "author": {
                     *         "id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e",
                     *         "username": "demo",
                     *         "name": "Ada Lovelace"
                     *       },
                     *       "created_at": "2026-11-21T09:30:00.000Z",
                     *       "updated_at": "2026-11-21T09:30:00.000Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Comment"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed" | "request.malformed_json" | "request.body_missing";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.cross_site" | "auth.forbidden";
                        status: 403;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "comments.not_found" | "posts.not_found";
                        status: 404;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.timeout";
                        status: 408;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "precondition.failed";
                        status: 412;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_large";
                        status: 413;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.unsupported_media_type";
                        status: 415;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    listAuditEvents: {
        parameters: {
            query?: {
                /** @description What happened. */
                action?: components["schemas"]["AuditAction"];
                /** @description Only events about this user. */
                user?: string;
                /** @description Only events at or after this time. */
                since?: string;
                /** @description Only events before this time. */
                until?: string;
                /** @description Most items in the answer. */
                limit?: number;
                /** @description Where to go on: `next_cursor` of the answer before, with the same filters and order. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of events. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d71",
                     *           "at": "2026-11-21T09:30:00.000Z",
                     *           "action": "user.role_changed",
                     *           "actor_id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e",
                     *           "user_id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d6e",
                     *           "session_id": "019a9f6e-7c3a-7b64-9d3e-1f2a3b4c5d70",
                     *           "address": "203.0.113.7",
                     *           "user_agent": "curl/8.14.1",
                     *           "request_id": "5f0c8a52-7f5a-4f0e-9d57-0b8a53f3a6f1",
                     *           "detail": {
                     *             "role": "admin"
                     *           }
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["AuditEventPage"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "auth.two_credentials" | "request.malformed";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.token_missing" | "auth.token_invalid" | "auth.token_expired" | "auth.session_revoked" | "auth.refresh_invalid" | "auth.refresh_expired" | "auth.refresh_reused";
                        status: 401;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "auth.forbidden";
                        status: 403;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded" | "service.unavailable";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    readHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is alive. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok"
                     *     }
                     */
                    "application/json": components["schemas"]["Health"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "request.malformed";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    readReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok"
                     *     }
                     */
                    "application/json": components["schemas"]["Health"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "request.malformed";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.unavailable" | "service.stopping";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    listProblems: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All problems. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "type": "/problems/posts.not_found",
                     *           "code": "posts.not_found",
                     *           "status": 404,
                     *           "title": "No such post",
                     *           "detail": "There is no post with this id.",
                     *           "advice": "Look the post up with GET /posts. Drafts are seen by their author and admins alone."
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ProblemList"];
                    /** @example <!doctype html><title>Gatepost</title> */
                    "text/html": string;
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "request.malformed";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    readProblem: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Code of the problem. */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The explanation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/posts.not_found",
                     *       "code": "posts.not_found",
                     *       "status": 404,
                     *       "title": "No such post",
                     *       "detail": "There is no post with this id.",
                     *       "advice": "Look the post up with GET /posts. Drafts are seen by their author and admins alone."
                     *     }
                     */
                    "application/json": components["schemas"]["ProblemExplanation"];
                    /** @example <!doctype html><title>Gatepost</title> */
                    "text/html": string;
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "request.malformed";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "problems.not_found";
                        status: 404;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.invalid";
                        status: 422;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
    readDocument: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The document. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "openapi": "3.1.0",
                     *       "info": {},
                     *       "servers": [],
                     *       "tags": [],
                     *       "paths": {},
                     *       "components": {}
                     *     }
                     */
                    "application/json": components["schemas"]["OpenApiDocument"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": (components["schemas"]["ProblemDetails"] & {
                        code: "request.malformed";
                        status: 400;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.not_acceptable";
                        status: 406;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.too_many";
                        status: 429;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "request.headers_too_large";
                        status: 431;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure";
                        status: 500;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.overloaded";
                        status: 503;
                    }) | (components["schemas"]["ProblemDetails"] & {
                        code: "service.failure" | "service.overloaded" | "client.unexpected_answer";
                        status: number;
                    });
                };
            };
        };
    };
}
