/** An answer, as it is counted: never anything that the client has made up, so that the series have an end. */
export interface AnsweredRequest {
  method: string
  /** The pattern of the address; one for all that nobody knows. */
  route: string
  status: number
  /** Milliseconds. */
  duration: number
}

/** What is measured while the service works. Each function costs less than a microsecond. */
export interface Recorder {
  request(answered: AnsweredRequest): void
  /** A limit has refused a request, by the name of its policy. */
  limited(policy: string): void
  /** A password was hashed or compared, in so many milliseconds, waiting included. */
  password(task: string, duration: number): void
  /** A request was answered before it reached the app. */
  refused(code: string): void
}

/** What GET /metrics needs; Workers have none, since an isolate knows only about itself. */
export interface Metrics {
  /** Nothing until somebody has asked for the metrics, or a token for it is set: then nothing is counted either. */
  recorder?: Recorder | undefined
  /** All there is to tell, in the text format of Prometheus. */
  read(): Promise<string>
}
