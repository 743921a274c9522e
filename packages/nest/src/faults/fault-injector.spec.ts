import { describe, expect, it } from '@jest/globals';
import { ignore } from '@quadrille/choreography';
import { FaultInjector } from './fault-injector.js';

const definition = {
  steps: {
    service: 'payment',
    steps: [{ name: 'authorize-payment', loads: () => ({}), decide: () => ignore }],
  },
} as never;

describe('an injected fault', () => {
  const faults = new FaultInjector();
  const [step] = (faults.wrapAll(definition) as { steps: { steps: { decide(...given: unknown[]): unknown }[] } }).steps
    .steps;

  it('makes a step throw, and nothing else', () => {
    faults.set(['authorize-payment']);
    expect(() => step!.decide({}, {}, undefined)).toThrow(
      'authorize-payment has a bug, switched on for demonstration.',
    );
    faults.set(['capture-payment']);
    expect(step!.decide({}, {}, undefined)).toBe(ignore);
  });

  it('ends when it is switched off', () => {
    faults.set(['authorize-payment']);
    faults.set([]);
    expect(step!.decide({}, {}, undefined)).toBe(ignore);
    expect(faults.steps).toEqual([]);
  });
});
