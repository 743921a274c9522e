import { describe, expect, it } from '@jest/globals';
import { Histogram, type Metric, Registry } from 'prom-client';
import { BucketCounts } from './bucket-counts.js';

const facts = { name: 'test_seconds', help: 'Of a test.', label: 'step', bounds: [0.1, 1, 10] };
const OBSERVED = [0, 0.1, 0.11, 1, 5, 10, 11];

const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.replace(/\{(.*)\}/, (_, labels: string) => `{${labels.split(',').sort().join()}}`))
    .sort();

describe('a histogram of the hot path', () => {
  it("tells what prom-client's own would tell", async () => {
    const [ours, theirs] = [new Registry(), new Registry()];
    const counts = new BucketCounts(facts);
    ours.registerMetric(counts as unknown as Metric);
    const histogram = new Histogram({
      ...facts,
      labelNames: ['step'],
      buckets: [...facts.bounds],
      registers: [theirs],
    });
    for (const value of OBSERVED) {
      counts.observe('pour', value);
      histogram.observe({ step: 'pour' }, value);
    }
    expect(lines(await ours.metrics())).toEqual(lines(await theirs.metrics()));
  });
});
