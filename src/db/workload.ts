/**
 * What a request is going to ask of the database: `read` is a few rows by their keys, `list` a page of rows that an
 * index finds, `search` whatever may take long, `write` a change. A route's contract declares it.
 */
export type Workload = 'read' | 'list' | 'search' | 'write'
