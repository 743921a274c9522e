import { describe, expect, it } from '@jest/globals';
import { Histogram, type Metric, Registry } from 'prom-client';
import { BucketCounts } from './bucket-counts.js';

const facts = { name: 'test_seconds', help: 'Of a test.', labelNames: ['step', 'outcome'], bounds: [0.1, 1, 10] };
const OBSERVED = [0, 0.1, 0.11, 1, 5, 10, 11];

const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.replace(/\{(.*)\}/, (_, labels: string) => `{${labels.split(',').sort().join()}}`))
    .sort();

describe('a histogram of the hot path', () => {
  it('reports the same values as the histogram of prom-client', async () => {
    const [ours, theirs] = [new Registry(), new Registry()];
    const counts = new BucketCounts(facts);
    ours.registerMetric(counts as unknown as Metric);
    const histogram = new Histogram({
      ...facts,
      labelNames: [...facts.labelNames],
      buckets: [...facts.bounds],
      registers: [theirs],
    });
    for (const [at, value] of OBSERVED.entries()) {
      const outcome = at % 3 === 0 ? 'POURED' : 'nothing';
      counts.observe(['pour', outcome], value);
      histogram.observe({ step: 'pour', outcome }, value);
    }
    expect(lines(await ours.metrics())).toEqual(lines(await theirs.metrics()));
  });

  it('accepts a single label as a string', async () => {
    const counts = new BucketCounts({ ...facts, labelNames: ['step'] });
    counts.observe('pour', 1);
    counts.observe(['pour'], 1);
    const { values } = await counts.get();
    expect(values.at(-1)).toEqual({ metricName: 'test_seconds_count', labels: { step: 'pour' }, value: 2 });
  });
});
