import createFetchClient, { defaultPathSerializer } from 'openapi-fetch';
import { createExchange } from './exchange.js';
import { ProblemError } from './problem.js';
export function createClient(options) {
    const { baseUrl, headers, credentials = 'omit' } = options;
    const { exchange, session } = createExchange(options);
    const http = createFetchClient({
        baseUrl,
        ...(headers && { headers }),
        ...('credentials' in Request.prototype && { credentials }), // Workers have none
        pathSerializer: serializePath,
    });
    async function call(method, path, init = {}) {
        const { signal, ...rest } = init;
        const fetch = (request) => exchange(request, `${method} ${path}`, signal);
        const result = (await http.request(method, path, { ...rest, fetch }));
        return result.response.status === 304 ? { response: result.response } : result;
    }
    async function* pages(path, init = {}) {
        let cursor = init.params?.query?.cursor;
        do {
            const query = { ...init.params?.query, ...(cursor !== undefined && { cursor }) };
            const { data, error } = await call('GET', path, { ...init, params: { ...init.params, query } });
            if (error)
                throw new ProblemError(error);
            const page = data;
            yield* page.items;
            cursor = page.next_cursor ?? undefined;
        } while (cursor !== undefined);
    }
    const as = (method) => (path, init) => call(method, path, init);
    const client = {
        GET: as('GET'),
        POST: as('POST'),
        PUT: as('PUT'),
        PATCH: as('PATCH'),
        DELETE: as('DELETE'),
        pages,
    };
    return {
        ...client,
        register: async (account, init) => {
            const result = await client.POST('/users', { ...init, body: account });
            if (result.data)
                await session.start(result.data);
            return result;
        },
        logIn: async (credentials, init) => {
            const result = await client.POST('/auth/token', { ...init, body: credentials });
            if (result.data)
                await session.start(result.data);
            return result;
        },
        logOut: async (init) => {
            try {
                return await client.POST('/auth/logout', init ?? {});
            }
            finally {
                await session.clear();
            }
        },
    };
}
/** As usual, but for what would make another address of the path: nothing, `.` and `..`. @throws TypeError */
function serializePath(path, parameters) {
    for (const [name, value] of Object.entries(parameters)) {
        if (/^\.{0,2}$/.test(String(value)))
            throw new TypeError(`${JSON.stringify(value)} cannot be the ${name} in ${path}.`);
    }
    return defaultPathSerializer(path, parameters);
}
