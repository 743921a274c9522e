import {
  type Change,
  choreography,
  cloudEventType,
  command,
  deadline,
  type EventType,
  event,
  ignore,
  type Rejection,
  stepBuilders,
} from '@quadrille/choreography';
import type { IncomingRecord } from '@quadrille/kafka';
import { encodeCloudEvent } from '@quadrille/kafka/cloud-event';
import { writeEach, writing } from '@quadrille/postgres';
import { z } from 'zod';
import { newId } from './ids.js';
import { bindStore } from './runtime-definition.js';

/** A small choreography for the specs of the runner: cups are ordered, poured and drunk. */
const cups = z.object({ pot: z.string(), cups: z.int() });
const kitchen = { service: 'kitchen', key: 'pot', version: 1, schema: cups } as const;

const Asked = event('Asked', { ...kitchen, wireName: 'test.kitchen.asked' });
export const Stirred = event('Stirred', { ...kitchen, wireName: 'test.kitchen.stirred' });
export const Poured = event('Poured', { ...kitchen, service: 'kettle', wireName: 'test.kettle.poured' });
const Cooled = event('Cooled', { ...kitchen, service: 'kettle', wireName: 'test.kettle.cooled' });
const Emptied = event('Emptied', { ...kitchen, service: 'kettle', wireName: 'test.kettle.emptied' });

const tea = choreography({
  system: 'test',
  endings: { POURED: Poured },
  rows: {
    ask: { service: 'kitchen', handles: command('POST /asks', cups), emits: [Asked, Stirred] },
    pour: { service: 'kettle', handles: [Asked], emits: [Poured] },
    refill: { service: 'kettle', handles: command('POST /refills', cups), emits: [Poured] },
    empty: { service: 'kettle', handles: command('POST /sinks', cups), emits: [Emptied] },
    cool: {
      service: 'kettle',
      handles: deadline('tea time', { startedBy: Poured, extendedBy: [Stirred], stoppedBy: [Emptied] }),
      emits: [Cooled],
      role: 'interrupt',
    },
  },
});

interface Pot {
  readonly cups: number;
  readonly last: number;
  readonly cold: boolean;
}

/** The gateway of a spec, and the failures of its steps. */
export interface World {
  pourable: (input: { pot: string; cups: number }) => Promise<void>;
  decidable: (input: { pot: string; cups: number }) => void;
  /** The rejection of refills, if any. */
  refusal?: Rejection | undefined;
}

/** The steps of the kettle: `pour` calls the gateway first; the database rejects 13 cups. */
export function kettle(world: World) {
  const { step, serviceSteps, aggregate } = stepBuilders(tea.rows);
  const pots = aggregate<Pot>('pots', {
    initial: () => ({ cups: 0, last: 0, cold: false }),
    evolve(pot, emitted) {
      if (emitted.type === 'Poured') return { ...pot, cups: pot.cups + emitted.data.cups, last: emitted.data.cups };
      if (emitted.type === 'Emptied') return { ...pot, cups: pot.cups - emitted.data.cups };
      return emitted.type === 'Cooled' ? { ...pot, cold: true } : pot;
    },
  });
  const fill = {
    loads: (input: { pot: string }) => ({ pot: pots.of(input.pot) }),
    decide(_states: unknown, input: { pot: string; cups: number }) {
      world.decidable(input);
      return Poured(input);
    },
  };
  return {
    system: 'test',
    rows: tea.rows,
    steps: serviceSteps('kettle', {
      pour: step('pour', { ...fill, call: (input) => world.pourable(input) }),
      refill: step('refill', { ...fill, decide: (states, input) => world.refusal ?? fill.decide(states, input) }),
      empty: step('empty', {
        loads: ({ pot }) => ({ pot: pots.of(pot) }),
        decide: (_states, input) => Emptied(input),
      }),
      cool: step('cool', {
        loads: ({ key }) => ({ pot: pots.of(key) }),
        decide: ({ pot }, { key }) => (pot.cold ? ignore : Cooled({ pot: key, cups: pot.cups })),
      }),
    }),
    stores: [bindStore(pots, potsStore)],
    migrations: [],
    defaultPort: 0,
    controllers: [],
  };
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

/** A record of an event of the kitchen, as on a topic. */
export function asked(pot: string, count: number, type: EventType = Asked): IncomingRecord {
  const { topic, key, headers, payload } = encodeCloudEvent('test.kitchen.v1', {
    id: newId(),
    type: cloudEventType(type),
    source: '/kitchen/ask',
    subject: pot,
    time: new Date().toISOString(),
    correlationid: pot,
    data: { pot, cups: count },
  });
  return { topic, key, headers, value: payload, partition: 0, offset: String(offset++), timestamp: '0' };
}
