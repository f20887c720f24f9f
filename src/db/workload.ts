/**
 * The kind of a request's queries: `read` is a few rows by key, `list` a page of rows from an index, `search` anything
 * that may take long, `write` a change. A route's contract declares it.
 */
export type Workload = 'read' | 'list' | 'search' | 'write'
