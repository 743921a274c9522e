import { describe, expect, it } from '@jest/globals';
import { choreography, command, copiesOfChoreography, event, type Step, stepBuilders } from '@quadrille/choreography';
import { z } from 'zod';
import { demandSteps, warnOfCopies } from './choreography-problems.js';

describe('two copies of a package in one tree', () => {
  const warnings = (copies?: number): string[] => {
    const lines: string[] = [];
    warnOfCopies({ warn: (_: object, message: string) => void lines.push(message) } as never, copies);
    return lines;
  };

  it('cause one warning with the command that lists them', () => {
    expect(warnings(2)).toEqual([expect.stringContaining('npm ls @quadrille/choreography')]);
  });

  it('are counted: this process has one', () => {
    expect(copiesOfChoreography()).toBe(1);
    expect(warnings()).toEqual([]);
  });
});

const Order = z.object({ orderId: z.string() });
const at = { service: 'oven', key: 'orderId', version: 1, schema: Order } as const;
const Baked = event('Baked', { ...at, wireName: 'bakery.baked' });
const Sold = event('Sold', { ...at, wireName: 'bakery.sold', final: true });
const { rows } = choreography({
  system: 'bakery',
  endings: { SOLD: Sold },
  rows: {
    'bake-bread': { service: 'oven', handles: command('POST /orders', Order), emits: [Baked] },
    'sell-bread': { service: 'oven', handles: [Baked], emits: [Sold] },
  },
});
const { step } = stepBuilders(rows);
const body = { loads: () => ({}), decide: (_: unknown, order: { orderId: string }) => Baked(order) };
const bake: Step = step('bake-bread', body);
const sell: Step = step('sell-bread', { ...body, decide: (_: unknown, order) => Sold(order) });
const demand =
  (service: string, ...steps: readonly (Step | undefined)[]) =>
  () =>
    demandSteps({ rows, steps: { service, steps: steps as Step[] } });

describe('the steps of a service at boot', () => {
  it('are complete with one step per row', () => {
    expect(demand('oven', bake, sell)).not.toThrow();
    expect(demand('storefront')).not.toThrow();
  });

  it.each([
    ['left out', [bake]],
    ['undefined after a wrong import', [bake, undefined]],
  ])('name the file of a step that is %s', (_, steps) => {
    expect(demand('oven', ...steps)).toThrow(
      "The row 'sell-bread' of 'oven' has no step: write sell-bread.ts with step('sell-bread', …), and add it to serviceSteps('oven', …).",
    );
  });

  it('name a step without a row in the service, and a step that is there twice', () => {
    expect(demand('counter', bake)).toThrow("The service 'counter' has no row 'bake-bread'");
    expect(demand('oven', bake, bake, sell)).toThrow("Two steps are written for the row 'bake-bread': remove one.");
  });
});
