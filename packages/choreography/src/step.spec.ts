import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { event } from './event.js';
import type { Row } from './row.js';
import { ignore, react, reject, type Step } from './step.js';

const schema = z.object({ pot: z.string(), cups: z.int().default(1) });
const at = { service: 'kettle', key: 'pot', version: 1, schema } as const;
const Poured = event('Poured', { ...at, wireName: 'test.kettle.poured' });
const Spilt = event('Spilt', { ...at, wireName: 'test.kettle.spilt' });
const Requested = event('Asked', { ...at, service: 'kitchen', wireName: 'test.kitchen.asked' });

const pours: Row = { service: 'kettle', handles: [Requested], emits: [Poured] };
const listens: Row = { service: 'kettle', handles: [Requested], emits: [] };
const stepOf = (row: Row, decide: Step['decide']): Step => ({ name: 'pour', row, loads: () => ({}), decide });
const requested = Requested({ pot: 'green', cups: 2 });
const message = { data: requested.data, event: requested };

describe('a reaction', () => {
  it('emits the event as its schema parses it, and applies it', () => {
    const poured = { type: 'Poured', data: { pot: 'green', cups: 1 } };
    const step = stepOf(pours, () => ({ type: 'Poured', data: { pot: 'green' } }));
    expect(react(step, message, {})).toEqual({ emitted: poured, applied: poured });
  });

  it('passes states, message and answer to the step', () => {
    const given: unknown[] = [];
    const step = stepOf(pours, (...all) => {
      given.push(...all);
      return ignore;
    });
    react(step, message, { pot: 'full' }, 'yes');
    expect(given).toEqual([{ pot: 'full' }, requested.data, 'yes']);
  });

  it('throws for an event that another row of the service emits', () => {
    const step = stepOf(pours, () => Spilt({ pot: 'green', cups: 1 }));
    expect(() => react(step, message, {})).toThrow('pour emitted Spilt, which its row does not emit.');
  });

  it('throws for data that violates the schema', () => {
    const step = stepOf(pours, () => ({ type: 'Poured', data: { pot: 7 } }));
    expect(() => react(step, message, {})).toThrow(/pot/);
  });

  it('applies the handled event if the row emits nothing, and no event if the step ignored its input', () => {
    expect(
      react(
        stepOf(listens, () => ignore),
        message,
        {},
      ),
    ).toEqual({ applied: requested });
    expect(
      react(
        stepOf(pours, () => ignore),
        message,
        {},
      ),
    ).toEqual({});
    expect(
      react(
        stepOf(listens, () => ignore),
        { data: 1 },
        {},
      ),
    ).toEqual({});
  });

  it('returns the rejection of the step', () => {
    const rejection = reject(409, 'empty', 'The pot is empty.');
    expect(
      react(
        stepOf(pours, () => rejection),
        message,
        {},
      ),
    ).toEqual({ rejected: rejection });
  });
});
