import { describe, expect, it } from '@jest/globals';
import { aggregate, nothing, type Tx } from '@quadrille/choreography';
import { Decider } from './decide-batch.js';
import { keep } from './definition.js';
import type { CommandInput } from './input.js';
import { WorkingSet } from './working-set.js';

interface Pot {
  readonly cups: number;
}
const pot = (name: string) => aggregate<Pot, any>(name, { initial: () => ({ cups: 0 }), evolve: (state) => state });
const pots = pot('pots');
const forgotten = pot('forgotten');
const kept = keep(pots, { load: async () => new Map(), save: async () => {} });

const tx: Tx = {
  query: async () => {
    throw new Error('nothing asks the database');
  },
};

const touching = (touches: (heard: any) => any): CommandInput => ({
  from: 'command',
  step: { name: 'pour', touches, decide: () => nothing },
  ...{ key: 'green', heard: { pot: 'green' }, at: '2026-01-01T00:00:00.000Z' },
});
async function decide(...batch: CommandInput[]) {
  const decider = new Decider('kettle', {});
  const states = new WorkingSet([kept]);
  const touched = decider.touch(batch, new Map(), states);
  await states.load(
    tx,
    touched.flatMap((each) => ('refs' in each ? [each.refs] : [])),
  );
  const admissions = batch.map(() => 'run' as const);
  return decider.decide(batch, admissions, touched, states);
}

describe('a step that touches what its service does not keep', () => {
  it('fails alone, and says what is missing', async () => {
    const fine = touching(({ pot: key }) => ({ pot: pots.of(key) }));
    const faulty = touching(({ pot: key }) => ({ pot: forgotten.of(key) }));
    expect(await decide(fine, faulty)).toEqual([
      { nothing: true },
      {
        failed: {
          code: 'step-failed',
          cause: "Error: The aggregate 'forgotten' has no store in this service: keep() it.",
        },
      },
    ]);
  });

  it('fails alone when what it touches is no state at all', async () => {
    const [only] = await decide(touching(() => ({ pot: 'green' })));
    expect(only).toMatchObject({ failed: { code: 'step-failed' } });
  });
});
