import { describe, expect, it } from '@jest/globals';
import { declareMetrics } from './metrics.js';
import { withOldNames } from './serve-metrics.js';

describe('metrics', () => {
  it('are served under their old names, too, if they were renamed', async () => {
    const { registry, consumerLastActivityAge, consumerRecordsSkipped } = declareMetrics('oven');
    consumerLastActivityAge.set(2);
    consumerRecordsSkipped.inc({ topic: 'flour' });
    const text = await registry.metrics();
    const served = withOldNames(text);
    expect(served).toContain(text.trimEnd());
    expect(served.split('\n')).toEqual(
      expect.arrayContaining([
        '# TYPE quadrille_consumer_silence_seconds gauge',
        'quadrille_consumer_silence_seconds{service="oven"} 2',
        'quadrille_consumer_records_passed_over_total{topic="flour",service="oven"} 1',
        'quadrille_consumer_records_skipped_total{topic="flour",service="oven"} 1',
      ]),
    );
    expect(served.match(/silence_seconds/g)).toHaveLength(3);
  });
});
