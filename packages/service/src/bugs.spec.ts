import { describe, expect, it } from '@jest/globals';
import { nothing } from '@quadrille/choreography';
import { Bugs } from './bugs.js';

const definition = {
  part: {
    service: 'payment',
    steps: [{ name: 'authorize-payment', touches: () => ({}), decide: () => nothing }],
  },
} as never;

describe('a bug that is switched on', () => {
  const bugs = new Bugs();
  const [step] = (bugs.into(definition) as { part: { steps: { decide(...given: unknown[]): unknown }[] } }).part.steps;

  it('makes a step throw, and nothing else', () => {
    bugs.set(['authorize-payment']);
    expect(() => step!.decide({}, {}, undefined)).toThrow(
      'authorize-payment has a bug, switched on for demonstration.',
    );
    bugs.set(['capture-payment']);
    expect(step!.decide({}, {}, undefined)).toBe(nothing);
  });

  it('is mended when it is switched off', () => {
    bugs.set(['authorize-payment']);
    bugs.set([]);
    expect(step!.decide({}, {}, undefined)).toBe(nothing);
    expect(bugs.steps).toEqual([]);
  });
});
