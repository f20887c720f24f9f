import type { MetricObjectWithValues, MetricValue, Registry } from 'prom-client'
import type { Metrics, Recorder } from '../../api/metrics.ts'
import type { Sources } from './registry.ts'

/** What one process has measured, as it travels from worker to primary. */
export type Measured = MetricObjectWithValues<MetricValue<string>>[]

interface MetricsOptions {
  sources: Sources
  /** Begins now and not with the first look. */
  isWanted: boolean
  /** Gives what all processes have measured when there are several, by the number of the worker. */
  askAll?: (() => Promise<Map<number, Measured>>) | undefined
}

/**
 * The metrics of this process. Their library takes a tenth of a second to load, so that this is done when they are
 * wanted, and only then is anything counted.
 */
export function openMetrics({ sources, isWanted, askAll }: MetricsOptions) {
  let opening: Promise<Registry> | undefined
  const open = async () => {
    const { createRegistry } = await import('./registry.ts')
    const { registry, recorder } = createRegistry(sources)
    metrics.recorder = recorder
    return registry
  }
  const registry = () => {
    opening ??= open()
    return opening
  }
  const metrics = {
    recorder: undefined as Recorder | undefined,
    read: async () => (askAll ? renderAll(await askAll()) : (await registry()).metrics()),
    /** What this process alone has measured. */
    measured: async (): Promise<Measured> => (await registry()).getMetricsAsJSON(),
    /** Resolves once counting has begun, if it shall from the start. */
    ready: async () => {
      if (isWanted) await registry()
    },
  }
  return metrics satisfies Metrics
}

/**
 * Each series with a label that says whose it is. A sum would fall when a worker is replaced, which Prometheus would
 * take for a restart of all of them.
 */
async function renderAll(all: Map<number, Measured>): Promise<string> {
  const { AggregatorRegistry } = await import('prom-client')
  const labelled = [...all].map(([worker, measured]) =>
    measured.map((metric) => ({
      ...metric,
      aggregator: 'first' as const, // no two have the same labels: there is nothing to add up
      values: metric.values.map((value) => ({
        ...value,
        labels: { ...value.labels, worker: String(worker) },
      })),
    })),
  )
  return AggregatorRegistry.aggregate(labelled).metrics()
}
