import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client'
import type { Metrics, Recorder } from '../../api/metrics.ts'
import type { Sources } from './registry.ts'

/** The metrics of one process, as they are sent from a worker to the primary. */
export type ProcessMetrics = MetricObjectWithValues<MetricValue<string>>[]

interface MetricsOptions {
  sources: Sources
  /** Whether to count from the start instead of from the first request for metrics. */
  isWanted: boolean
  /** Returns the metrics of all processes by worker number, if there are several. */
  readAll?: (() => Promise<Map<number, ProcessMetrics>>) | undefined
}

/**
 * The metrics of this process. The library takes a tenth of a second to load, so it is loaded at the first use, and
 * counting starts then.
 */
export function openMetrics({ sources, isWanted, readAll }: MetricsOptions) {
  let registryPromise: Promise<Registry> | undefined
  const open = async () => {
    const { createRegistry } = await import('./registry.ts')
    const { registry, recorder } = createRegistry(sources)
    metrics.recorder = recorder
    return registry
  }
  const registry = () => {
    registryPromise ??= open()
    return registryPromise
  }
  const metrics = {
    recorder: undefined as Recorder | undefined,
    read: async () => (readAll ? renderAll(await readAll()) : (await registry()).metrics()),
    /** The metrics of this process. */
    ownMetrics: async (): Promise<ProcessMetrics> => (await registry()).getMetricsAsJSON(),
    /** Resolves once counting has begun, if it begins at the start. */
    ready: async () => {
      if (isWanted) await registry()
    },
  }
  return metrics satisfies Metrics
}

/**
 * Adds a label with the worker number to each series. A sum would fall when a worker is replaced, and Prometheus would
 * see a restart of all workers.
 */
async function renderAll(all: Map<number, ProcessMetrics>): Promise<string> {
  const { AggregatorRegistry } = await import('prom-client')
  const labelled = [...all].map(([worker, ownMetrics]) =>
    ownMetrics.map((metric) => ({
      ...metric,
      aggregator: 'first' as const, // no two series have the same labels, so nothing is added up
      values: metric.values.map((value) => ({
        ...value,
        labels: { ...value.labels, worker: String(worker) },
      })),
    })),
  )
  return AggregatorRegistry.aggregate(labelled).metrics()
}
