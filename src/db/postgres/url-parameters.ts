// The parameters that a PostgreSQL URL may have. Source of the first list: PostgreSQL manual, 32.1.2 "Parameter Key
// Words".

/** The values that a parameter accepts: a test, and its description for messages. */
export interface Values {
  allowed: string
  isAllowed(value: string): boolean
}

const anything: Values = { allowed: 'any text', isAllowed: () => true }

const number: Values = { allowed: 'a whole number', isAllowed: (value) => /^\d{1,9}$/.test(value) }

const onOff = words('0', '1')

const bool = words('true', 'false', '1', '0', 'yes', 'no', 'on', 'off')

const tlsVersion = words('TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3')

/** Parameters that Gatepost supports. */
export const followed: Readonly<Record<string, Values>> = {
  host: anything,
  hostaddr: anything,
  port: { allowed: 'port numbers', isAllowed: (value) => value.split(',').every(isPortOrEmpty) },
  dbname: anything,
  user: anything,
  password: anything,
  connect_timeout: number,
  client_encoding: words('UTF8', 'utf8', 'UTF-8', 'utf-8', 'unicode', 'auto'),
  options: anything,
  application_name: anything,
  fallback_application_name: anything,
  keepalives: onOff,
  keepalives_idle: number,
  keepalives_interval: number,
  keepalives_count: number,
  sslmode: words('disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'),
  requiressl: onOff,
  sslnegotiation: words('postgres', 'direct'),
  sslcert: anything,
  sslkey: anything,
  sslpassword: anything,
  sslrootcert: anything,
  sslcrl: anything,
  sslsni: onOff,
  sslcertmode: words('disable', 'allow', 'require'),
  ssl_min_protocol_version: tlsVersion,
  ssl_max_protocol_version: tlsVersion,
  target_session_attrs: words('any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'),
  load_balance_hosts: words('disable', 'random'),
  // The next ones are parameters of other clients for features that Gatepost supports too.
  ssl: words('true', 'false', '1', '0', 'require', 'prefer', 'no-verify'), // JDBC, node-postgres, postgres.js
  sslaccept: words('strict', 'accept_invalid_certs'), // Prisma
  schema: anything, // Prisma
  currentSchema: anything, // JDBC
  search_path: anything, // node-postgres, pgx
  pgbouncer: bool, // Prisma
  statement_cache_size: number, // asyncpg, SQLx, Prisma
  prepared_statements: bool, // Rails
  prepare: bool, // postgres.js
}

/** Gatepost always behaves like this. Other values would ask for something else, so they are refused. */
export const fixed: Readonly<Record<string, Values>> = {
  gssencmode: words('disable', 'prefer'),
  replication: words('false', 'off', 'no', '0'),
  uselibpqcompat: bool, // in node-postgres, the meaning of sslmode in libpq
}

/** Session settings for the server at the start of each connection, as other clients send them. */
export const serverSettings: readonly string[] = [
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'idle_session_timeout',
  'transaction_timeout',
  'default_transaction_read_only',
  'default_transaction_isolation',
  'role',
  'timezone',
  'TimeZone',
  'work_mem',
  'jit',
]

/** Known parameters without effect; a line at `warn` names them. A value is checked if libpq checks it. */
export const ignored: Readonly<Record<string, Values>> = {
  channel_binding: words('disable', 'prefer', 'require'), // postgres.js has no support for it
  sslcompression: onOff,
  sslkeylogfile: anything,
  tcp_user_timeout: number,
  krbsrvname: anything,
  gsslib: anything,
  gssdelegation: onOff,
  min_protocol_version: words('3.0', '3.2', 'latest'),
  max_protocol_version: words('3.0', '3.2', 'latest'),
  ...vendors(
    'supa workaround pool_mode', // Supabase, Vercel
    'connection_limit pool_timeout socket_timeout sslidentity sslpass max_idle_connection_lifetime', // Prisma
    'pool_max_conns pool_min_conns pool_min_idle_conns pool_max_conn_lifetime pool_max_conn_lifetime_jitter', // pgx
    'pool_max_conn_idle_time pool_health_check_period default_query_exec_mode', // pgx
    'statement_cache_capacity description_cache_capacity', // pgx
    'binary_parameters disable_prepared_binary_result', // lib/pq
    'prepareThreshold preparedStatementCacheQueries preparedStatementCacheSizeMiB tcpKeepAlive', // JDBC
    'socketTimeout loginTimeout connectTimeout ApplicationName reWriteBatchedInserts sslfactory', // JDBC
    'targetServerType loadBalanceHosts hostRecheckSeconds stringtype', // JDBC
    'pool reconnect encoding charset serverVersion advisory_locks min_messages variables timeout', // Rails, Doctrine
    'checkout_timeout idle_timeout reaping_frequency', // Rails, postgres.js
    'max max_lifetime max_pipeline fetch_types keep_alive backoff publications', // postgres.js
    'pool_size max_overflow pool_recycle pool_pre_ping command_timeout', // SQLAlchemy, asyncpg
    'max_cached_statement_lifetime max_cacheable_statement_size prepared_statement_cache_size', // asyncpg
    'prepare_threshold conn_max_age conn_health_checks', // psycopg, Django
    'query_timeout connectionTimeoutMillis idleTimeoutMillis allowExitOnIdle maxUses', // node-postgres
    'multiplexing plugin', // RDS
  ),
}

/** Parameters of libpq that Gatepost cannot support, with the alternative. */
export const refused: Readonly<Record<string, string>> = {
  service: 'write host, user and database into the URL',
  servicefile: 'write host, user and database into the URL',
  passfile: 'write the password into the URL',
  sslcrldir: 'put the lists of revoked certificates into one file, and name that as sslcrl',
  requirepeer: 'let only the user of the server write to the folder of its socket',
  require_auth: 'take sslmode=verify-full, so that no other server can ask for a password',
  scram_client_key: 'write the password into the URL',
  scram_server_key: 'write the password into the URL',
  oauth_issuer: 'write the password into the URL',
  oauth_client_id: 'write the password into the URL',
  oauth_client_secret: 'write the password into the URL',
  oauth_scope: 'write the password into the URL',
}

/** All known names, to suggest a correction for a misspelt one. */
export function knownNames(): string[] {
  return [...Object.keys(followed), ...Object.keys(fixed), ...serverSettings, ...Object.keys(ignored)]
}

/** Whether a value means yes, in any of the notations of clients. */
export function isYes(value: string | undefined): boolean {
  return value !== undefined && ['true', '1', 'yes', 'on'].includes(value)
}

function words(...all: string[]): Values {
  return {
    allowed: `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`,
    isAllowed: (value) => all.includes(value),
  }
}

function vendors(...lists: string[]): Record<string, Values> {
  return Object.fromEntries(lists.flatMap((list) => list.split(' ')).map((name) => [name, anything]))
}

function isPortOrEmpty(value: string): boolean {
  return value === '' || (/^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535)
}
