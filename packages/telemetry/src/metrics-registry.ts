import { Counter, Gauge, Histogram, type Metric, Registry } from 'prom-client';
import { BucketCounts } from './bucket-counts.js';

/** Seconds of a request, a transaction or a send. */
export const SHORT_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** The number of inputs or records at once. */
export const SIZES = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000];

export type MakeCounter = (name: string, help: string, labelNames?: string[]) => Counter;
export type MakeGauge = (name: string, help: string, labelNames?: string[]) => Gauge;
export type MakeHistogram = (name: string, help: string, buckets: number[], labelNames?: string[]) => Histogram;
export type MakeCounts = (
  name: string,
  help: string,
  labelNames: readonly string[],
  bounds: readonly number[],
) => BucketCounts;

/** An empty registry for one service, with functions that add a metric `quadrille_<name>` to it. */
export function metricsRegistry(service: string) {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  const registers = [registry];
  const counter: MakeCounter = (name, help, labelNames = []) =>
    new Counter({ name: `quadrille_${name}`, help, labelNames, registers });
  const gauge: MakeGauge = (name, help, labelNames = []) => {
    const metric = new Gauge({ name: `quadrille_${name}`, help, labelNames, registers });
    // An absent component has no series, rather than 0.
    if (labelNames.length === 0) metric.remove();
    return metric;
  };
  const histogram: MakeHistogram = (name, help, buckets, labelNames = []) =>
    new Histogram({ name: `quadrille_${name}`, help, labelNames, buckets, registers });
  const counts: MakeCounts = (name, help, labelNames, bounds) => {
    const metric = new BucketCounts({ name: `quadrille_${name}`, help, labelNames, bounds });
    registry.registerMetric(metric as unknown as Metric);
    return metric;
  };
  return { registry, counter, gauge, histogram, counts };
}
