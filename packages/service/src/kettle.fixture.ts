import {
  type Change,
  choreography,
  clock,
  command,
  type EventType,
  event,
  nothing,
  type Refused,
  stepLanguage,
  wireType,
} from '@quadrille/choreography';
import type { IncomingRecord } from '@quadrille/kafka';
import { encodeCloudEvent } from '@quadrille/kafka/cloud-event';
import { z } from 'zod';
import { defineService, keep } from './definition.js';
import { newId } from './ids.js';
import { writeEach, writing } from './writes.js';

/** A choreography small enough for the runner's own specs: cups are asked for, poured and drunk. */
const cups = z.object({ pot: z.string(), cups: z.int() });
const kitchen = { by: 'kitchen', key: 'pot', version: 1, schema: cups } as const;

export const Asked = event('Asked', { ...kitchen, wire: 'test.kitchen.asked' });
export const Stirred = event('Stirred', { ...kitchen, wire: 'test.kitchen.stirred' });
export const Poured = event('Poured', { ...kitchen, by: 'kettle', wire: 'test.kettle.poured' });
export const Cooled = event('Cooled', { ...kitchen, by: 'kettle', wire: 'test.kettle.cooled' });
export const Emptied = event('Emptied', { ...kitchen, by: 'kettle', wire: 'test.kettle.emptied' });

const tea = choreography({
  system: 'test',
  endings: { POURED: Poured },
  rows: {
    ask: { by: 'kitchen', hears: command('POST /asks', cups), says: [Asked, Stirred] },
    pour: { by: 'kettle', hears: [Asked], says: [Poured] },
    refill: { by: 'kettle', hears: command('POST /refills', cups), says: [Poured] },
    empty: { by: 'kettle', hears: command('POST /sinks', cups), says: [Emptied] },
    cool: {
      by: 'kettle',
      hears: clock('tea time', { startedBy: Poured, extendedBy: [Stirred], stoppedBy: [Emptied] }),
      says: [Cooled],
      role: 'interrupt',
    },
  },
});

interface Pot {
  readonly cups: number;
  readonly last: number;
  readonly cold: boolean;
}

/** What the outside world does in a spec, and what makes a step fail. */
export interface World {
  pourable: (asked: { pot: string; cups: number }) => Promise<void>;
  decidable: (asked: { pot: string; cups: number }) => void;
  /** Why refills are refused, if they are. */
  refusal?: Refused | undefined;
}

/** The kettle's part: `pour` asks the world first; 13 cups are more than the database takes. */
export function kettle(world: World) {
  const { step, part, aggregate } = stepLanguage(tea.rows);
  const pots = aggregate<Pot>('pots', {
    initial: () => ({ cups: 0, last: 0, cold: false }),
    evolve(pot, said) {
      if (said.type === 'Poured') return { ...pot, cups: pot.cups + said.data.cups, last: said.data.cups };
      if (said.type === 'Emptied') return { ...pot, cups: pot.cups - said.data.cups };
      return said.type === 'Cooled' ? { ...pot, cold: true } : pot;
    },
  });
  const fill = {
    touches: (asked: { pot: string }) => ({ pot: pots.of(asked.pot) }),
    decide(_states: unknown, asked: { pot: string; cups: number }) {
      world.decidable(asked);
      return Poured(asked);
    },
  };
  return defineService({
    system: 'test',
    rows: tea.rows,
    part: part('kettle', {
      pour: step('pour', { ...fill, ask: (asked) => world.pourable(asked) }),
      refill: step('refill', { ...fill, decide: (states, asked) => world.refusal ?? fill.decide(states, asked) }),
      empty: step('empty', {
        touches: ({ pot }) => ({ pot: pots.of(pot) }),
        decide: (_states, asked) => Emptied(asked),
      }),
      cool: step('cool', {
        touches: ({ key }) => ({ pot: pots.of(key) }),
        decide: ({ pot }, { key }) => (pot.cold ? nothing : Cooled({ pot: key, cups: pot.cups })),
      }),
    }),
    stores: [keep(pots, potsStore)],
    migrations: [],
    defaultPort: 0,
    controllers: [],
  });
}

export const CREATE_POTS =
  'create table pots (pot text primary key, cups int not null, last int not null check (last <> 13), cold boolean not null)';

const potsStore = writing<Pot>({
  async load(tx, keys) {
    const { rows } = await tx.query<Pot & { pot: string }>(
      'select pot, cups, last, cold from pots where pot = any($1::text[]) order by pot for update',
      [keys],
    );
    return new Map(rows.map(({ pot, ...state }) => [pot, state]));
  },
  writes: (changed) => [
    writeEach(
      'a pot',
      changed.length,
      `insert into pots (pot, cups, last, cold)
       select pot, cups, last, cold
       from unnest($1::text[], $2::int[], $3::int[], $4::boolean[]) as t (pot, cups, last, cold)
       on conflict (pot) do update set cups = excluded.cups, last = excluded.last, cold = excluded.cold
       where pots.pot = any($5::text[])`,
      [...columns(changed), changed.filter(({ before }) => before).map(({ key }) => key)],
    ),
  ],
});

const columns = (changed: readonly Change<Pot>[]) => [
  changed.map(({ key }) => key),
  changed.map(({ after }) => after.cups),
  changed.map(({ after }) => after.last),
  changed.map(({ after }) => after.cold),
];

let offset = 0;

/** A record of one of the kitchen's events, as it stands on a topic. */
export function asked(pot: string, count: number, type: EventType = Asked): IncomingRecord {
  const { topic, key, headers, payload } = encodeCloudEvent('test.kitchen.v1', {
    id: newId(),
    type: wireType(type),
    source: '/kitchen/ask',
    subject: pot,
    time: new Date().toISOString(),
    correlationid: pot,
    data: { pot, cups: count },
  });
  return { topic, key, headers, value: payload, partition: 0, offset: String(offset++), timestamp: '0' };
}
