/**
 * A finished request, for the counters. It contains nothing that clients can invent, so the number of series is
 * bounded.
 */
export interface FinishedRequest {
  method: string
  /** The route pattern; all unknown paths share one. */
  route: string
  status: number
  /** Milliseconds. */
  duration: number
}

/** Records measurements. Each call costs less than a microsecond. */
export interface Recorder {
  request(finished: FinishedRequest): void
  /** A limit refused a request. `policy` is the name of the policy. */
  limited(policy: string): void
  /** A password was hashed or compared. `duration` is in milliseconds, including the wait. */
  password(task: string, duration: number): void
  /** A request got its response before it reached the app. */
  refused(code: string): void
}

/** The source of GET /metrics. Workers have none, since an isolate only knows its own requests. */
export interface Metrics {
  /** Undefined until metrics are first requested, or METRICS_TOKEN is set: until then, nothing is counted. */
  recorder?: Recorder | undefined
  /** All metrics in the text format of Prometheus. */
  read(): Promise<string>
}
