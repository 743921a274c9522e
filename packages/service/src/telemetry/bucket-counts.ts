import type { MetricValueWithName } from 'prom-client';

interface Series {
  readonly label: string;
  /** One more than there are bounds: the last has no bound. */
  readonly counts: number[];
  sum: number;
}

/** What a histogram is made of. */
export interface BucketFacts {
  readonly name: string;
  readonly help: string;
  /** The only label. */
  readonly label: string;
  /** Upper bounds, ascending. */
  readonly bounds: readonly number[];
}

/**
 * A histogram of one label for the hot path: prom-client's own costs over a microsecond an observation, ten times an order, this one
 * some nanoseconds. To the registry it looks like any other metric.
 */
export class BucketCounts {
  readonly name: string;
  readonly help: string;
  readonly type = 'histogram';
  readonly aggregator = 'sum';
  readonly labelNames: readonly string[];
  private readonly series = new Map<string, Series>();

  constructor(private readonly facts: BucketFacts) {
    this.name = facts.name;
    this.help = facts.help;
    this.labelNames = [facts.label];
  }

  observe(label: string, value: number): void {
    let series = this.series.get(label);
    if (!series) {
      series = { label, counts: new Array<number>(this.facts.bounds.length + 1).fill(0), sum: 0 };
      this.series.set(label, series);
    }
    let at = 0;
    while (at < this.facts.bounds.length && value > this.facts.bounds[at]!) at++;
    series.counts[at]!++;
    series.sum += value;
  }

  reset(): void {
    this.series.clear();
  }

  /** What the registry asks for. */
  async get() {
    const { name, help, type, aggregator } = this;
    const values = [...this.series.values()].flatMap((series) => this.valuesOf(series));
    return { name, help, type, aggregator, values };
  }

  private valuesOf({ label, counts, sum }: Series): MetricValueWithName<string>[] {
    const labels = { [this.facts.label]: label };
    let count = 0;
    const buckets = counts.map((each, at) => {
      count += each;
      return {
        metricName: `${this.name}_bucket`,
        labels: { le: this.facts.bounds[at] ?? '+Inf', ...labels },
        value: count,
      };
    });
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: count },
    ];
  }
}
