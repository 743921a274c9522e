import { describe, expect, it } from '@jest/globals';
import { aggregate, ignore, type Row, type Tx } from '@quadrille/choreography';
import type { CommandInput } from '../input.js';
import { bindStore } from '../runtime-definition.js';
import { StepExecutor } from './step-executor.js';
import { UnitOfWork } from './unit-of-work.js';

interface Pot {
  readonly cups: number;
}
const pot = (name: string) => aggregate<Pot, any>(name, { initial: () => ({ cups: 0 }), evolve: (state) => state });
const pots = pot('pots');
const unbound = pot('unbound');
const store = bindStore(pots, { load: async () => new Map(), save: async () => {} });

const tx: Tx = {
  query: async () => {
    throw new Error('no statement is expected');
  },
};

const ROW: Row = { service: 'kettle', handles: [], emits: [] };

const loading = (loads: (payload: any) => any): CommandInput => ({
  from: 'command',
  step: { name: 'pour', row: ROW, loads: loads, decide: () => ignore },
  ...{ key: 'green', payload: { pot: 'green' }, at: '2026-01-01T00:00:00.000Z' },
});
async function decide(...batch: CommandInput[]) {
  const executor = new StepExecutor('kettle');
  const states = new UnitOfWork([store]);
  const resolved = executor.resolveRefs(batch, new Map(), states);
  await states.load(
    tx,
    resolved.flatMap((each) => ('refs' in each ? [each.refs] : [])),
  );
  const dedupeResults = batch.map(() => 'run' as const);
  return executor.decide(tx, batch, dedupeResults, resolved, states);
}

describe('a step that loads an aggregate without a store', () => {
  it('fails alone, and reports the missing store', async () => {
    const fine = loading(({ pot: key }) => ({ pot: pots.of(key) }));
    const faulty = loading(({ pot: key }) => ({ pot: unbound.of(key) }));
    expect(await decide(fine, faulty)).toEqual([
      { nothing: true },
      {
        failed: {
          code: 'step-failed',
          cause: "Error: The aggregate 'unbound' has no store in this service: bindStore() it.",
        },
      },
    ]);
  });

  it('fails alone when it loads a value that is no state', async () => {
    const [only] = await decide(loading(() => ({ pot: 'green' })));
    expect(only).toMatchObject({ failed: { code: 'step-failed' } });
  });
});
