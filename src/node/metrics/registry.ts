import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { FinishedRequest, Recorder } from '../../api/metrics.ts'
import type { DatabaseStats } from '../../db/database.ts'

/** Values that are read only when metrics are requested, so other requests cost nothing more. */
export interface Sources {
  requestsInFlight(): number
  database(): DatabaseStats | undefined
  passwords(): { waiting: number; running: number } | undefined
  revocations(): { size: number; age: number } | undefined
}

/** Seconds. */
const requestBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const passwordBuckets = [0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30]

/** All metrics of this process, and the functions that count. */
export function createRegistry(sources: Sources): { registry: Registry; recorder: Recorder } {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })

  const gauge = (name: string, help: string, read: () => number | undefined) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        const value = read()
        if (value !== undefined) this.set(value)
      },
    })
  /** A counter whose total comes from elsewhere. */
  const total = (name: string, help: string, read: () => number | undefined) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(read() ?? 0)
      },
    })

  gauge('http_requests_in_flight', 'Requests that are worked on now.', sources.requestsInFlight)
  gauge(
    'gatepost_database_connections',
    'Connections to the database.',
    () => sources.database()?.connections,
  )
  gauge(
    'gatepost_database_queries_waiting',
    'Queries without an answer yet.',
    () => sources.database()?.waiting,
  )
  total('gatepost_database_queries_total', 'Queries.', () => sources.database()?.queries)
  total(
    'gatepost_database_query_timeouts_total',
    'Queries that passed DATABASE_TIMEOUT.',
    () => sources.database()?.timeouts,
  )
  gauge(
    'gatepost_password_queue_length',
    'Passwords that wait for a thread.',
    () => sources.passwords()?.waiting,
  )
  gauge('gatepost_passwords_running', 'Passwords that are being hashed.', () => sources.passwords()?.running)
  gauge('gatepost_revocations', 'Ended sessions that are remembered.', () => sources.revocations()?.size)
  gauge(
    'gatepost_revocations_age_seconds',
    'Time since the ended sessions were last read. Beyond 0.8 guarded requests look their sessions up; after half a minute without any the list is left to age.',
    () => sources.revocations()?.age,
  )

  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the headers of a request until its answer is made.',
    labelNames: ['method', 'route', 'status'],
    buckets: requestBuckets,
    registers,
  })
  const passwords = new Histogram({
    name: 'gatepost_password_duration_seconds',
    help: 'Time to hash or compare a password, waiting included.',
    labelNames: ['task'],
    buckets: passwordBuckets,
    registers,
  })
  const limits = new Counter({
    name: 'gatepost_limit_refusals_total',
    help: 'Requests that a limit has refused.',
    labelNames: ['limit'],
    registers,
  })
  const refusals = new Counter({
    name: 'gatepost_requests_refused_total',
    help: 'Turned away before they were looked at: too many requests or connections at once, or unreadable ones.',
    labelNames: ['code'],
    registers,
  })
  return {
    registry,
    recorder: {
      request: observeBySeries(requests),
      password: (task, duration) => passwords.observe({ task }, duration / 1000),
      limited: (limit) => limits.inc({ limit }),
      refused: (code) => refusals.inc({ code }),
    },
  }
}

/** Methods with a series of their own. Node's parser accepts thirty more. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Caches the series by labels, since a lookup in the library is slow. */
function observeBySeries(histogram: Histogram<'method' | 'route' | 'status'>) {
  const known = new Map<string, { observe(seconds: number): void }>()
  return ({ method, route, status, duration }: FinishedRequest) => {
    const key = `${method} ${status} ${route}`
    let series = known.get(key)
    if (series === undefined) {
      series = histogram.labels({
        method: methods.has(method) ? method : 'other',
        route,
        status: String(status),
      })
      if (known.size < 10_000) known.set(key, series)
    }
    series.observe(duration / 1000)
  }
}
