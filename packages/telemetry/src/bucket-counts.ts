import type { MetricValueWithName } from 'prom-client';

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** One more than there are bounds: the last bucket is unbounded. */
  readonly counts: number[];
  sum: number;
}

/** Name, help, labels and bounds of a histogram. */
export interface BucketFacts {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  /** Upper bounds, ascending. */
  readonly bounds: readonly number[];
}

/**
 * A histogram for the hot path. The one of prom-client costs over 1 µs per observation, with ten observations per order; this one
 * costs some nanoseconds. It implements the metric interface of the registry.
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
    this.labelNames = facts.labelNames;
  }

  /** One label, or several in the order of their names. */
  observe(label: string | readonly string[], value: number): void {
    const key = typeof label === 'string' ? label : label.join('\n');
    let series = this.series.get(key);
    if (!series) {
      const texts = typeof label === 'string' ? [label] : label;
      const labels = Object.fromEntries(this.labelNames.map((name, at) => [name, texts[at]!]));
      series = { labels, counts: new Array<number>(this.facts.bounds.length + 1).fill(0), sum: 0 };
      this.series.set(key, series);
    }
    let at = 0;
    while (at < this.facts.bounds.length && value > this.facts.bounds[at]!) at++;
    series.counts[at]!++;
    series.sum += value;
  }

  reset(): void {
    this.series.clear();
  }

  /** Called by the registry at each scrape. */
  async get() {
    const { name, help, type, aggregator } = this;
    const values = [...this.series.values()].flatMap((series) => this.valuesOf(series));
    return { name, help, type, aggregator, values };
  }

  private valuesOf({ labels, counts, sum }: Series): MetricValueWithName<string>[] {
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
