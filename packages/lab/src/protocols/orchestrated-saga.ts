import { checkout } from '@quadrille/contracts';
import {
  type Coordinator,
  type Participants,
  type PlaceOrder,
  type Protocol,
  Refusal,
  type StepName,
} from '../protocol.js';
import { BEGUN, effectsAfter, endingOf, rowHearing } from '../table.js';

interface Said {
  readonly type: string;
  readonly data: any;
}
/** Where a saga stands: written after every step. */
interface SagaRecord {
  readonly said: Said;
  /** The coordinator at work on it, and when it last wrote. */
  readonly owner: string;
  readonly heartbeat: number;
  readonly version: number;
}
interface Verbs {
  act(saga: string, step: StepName, heard: object): Promise<Said | null>;
  [verb: string]: (...json: any[]) => Promise<any>;
}

/** Attempts of one step, the pause before the second, and after how much silence another coordinator takes over. */
const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 100;
const SILENCE_MS = 10_000;

/** The orchestrated saga: one process reads the table of the choreography, calls the next step and writes down its answer. */
export const orchestratedSaga: Protocol<Verbs> = {
  name: 'orchestrated-saga',
  summary: 'A coordinator calls one step after the other, writes each answer down, and undoes in reverse order.',
  claims: { atomicity: 'eventual', isolation: 'semantic locks', availability: 'does not block' },

  participant: (here) => ({
    /** One local transaction, which keeps its answer: a repeated call gives the first answer and has no second effect. */
    act: (saga, step, heard) =>
      here.transaction(async (local) => {
        const answers = local.records<Said | 'nothing'>('answers');
        const before = await answers.get(`${saga} ${step}`);
        if (before) return before === 'nothing' ? null : before;
        const said = await local.step(step, heard);
        await answers.insert(`${saga} ${step}`, said ? { type: said.type, data: said.data } : 'nothing');
        return said ?? null;
      }),
  }),

  async carry(request: PlaceOrder, at, my) {
    // Written down before the first step, so that a crash right after it leaves no order that nobody knows of.
    const begun = { said: { type: BEGUN, data: request }, owner: my.id, heartbeat: my.clock.now(), version: 1 };
    await my.transaction((book) => book.records<SagaRecord>('sagas').insert(request.orderId, begun));
    return { orderId: request.orderId, status: await advance(request.orderId, begun, at, my) };
  },

  /** Takes over the sagas whose coordinator has been silent for too long. */
  async resume(at, my) {
    const all = await my.transaction((book) => book.records<SagaRecord>('sagas').list());
    for (const { key, value } of all.filter(({ value }) => my.clock.now() - value.heartbeat > SILENCE_MS)) {
      const mine = { ...value, owner: my.id, heartbeat: my.clock.now(), version: value.version + 1 };
      if (await my.transaction((book) => book.records<SagaRecord>('sagas').replace(key, mine, value))) {
        await advance(key, mine, at, my);
      }
    }
  },
};

/** From the last answer to the end of the saga. IN_DOUBT: another coordinator has taken it over, or an operator must. */
async function advance(saga: string, begun: SagaRecord, at: Participants<Verbs>, my: Coordinator) {
  for (let now = begun; ; ) {
    const ending = endingOf(checkout, now.said.type);
    if (ending) {
      await after(saga, now.said, at, my);
      await my.transaction((book) => book.records('sagas').delete(saga));
      return ending;
    }
    const { by, step } = rowHearing(checkout, now.said.type);
    const said = await persistently(my, () => at[by].act(saga, step, now.said.data));
    if (!said) {
      await my.transaction((book) => book.records('interventions').insert(saga, { step, said: now.said }));
      return 'IN_DOUBT';
    }
    await my.moment('acted');
    const next = { said, owner: my.id, heartbeat: my.clock.now(), version: now.version + 1 };
    // Whoever has taken over in the meantime wins: this coordinator stops.
    if (!(await my.transaction((book) => book.records<SagaRecord>('sagas').replace(saga, next, now))))
      return 'IN_DOUBT';
    now = next;
  }
}

/** The steps that follow an ending and take no part in it. */
async function after(saga: string, said: Said, at: Participants<Verbs>, my: Coordinator): Promise<void> {
  for (const { by, step } of effectsAfter(checkout, said.type))
    await persistently(my, () => at[by].act(saga, step, said.data));
}

/** Tries a step again with growing pauses; null when all attempts are used up. */
async function persistently(my: Coordinator, act: () => Promise<Said | null>): Promise<Said | null> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      return await act();
    } catch (error) {
      if (error instanceof Refusal && error.reason !== 'lock-timeout') throw error;
      if (attempt < ATTEMPTS) await my.clock.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
  return null;
}
