/** Keeps the session in memory, as long as the page or process lives. */
export function inMemory(session) {
    let kept = session;
    return {
        get: () => kept,
        set: (next) => {
            kept = next;
        },
    };
}
/** Keeps the session in `localStorage` or `sessionStorage`; tabs share the former. */
export function inStorage(storage, key = 'gatepost.session') {
    return {
        get: () => JSON.parse(storage.getItem(key) ?? 'null') ?? undefined,
        set: (session) => (session ? storage.setItem(key, JSON.stringify(session)) : storage.removeItem(key)),
    };
}
