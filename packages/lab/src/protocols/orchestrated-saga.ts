import { checkout } from '@quadrille/contracts';
import {
  COMPENSATES,
  type Coordinator,
  type Participants,
  type PlaceOrder,
  type Protocol,
  Refusal,
  type StepName,
} from '../protocol.js';
import { BEGUN, effectsAfter, endingOf, rowHandling } from '../table.js';

interface SagaEvent {
  readonly type: string;
  readonly data: any;
}
/** The progress of a saga, written after every step. */
interface SagaRecord {
  readonly event: SagaEvent;
  /** The coordinator that runs it, and the time of its last write. */
  readonly owner: string;
  readonly heartbeat: number;
  readonly version: number;
}
interface Verbs {
  act(saga: string, step: StepName, payload: object): Promise<SagaEvent | null>;
  [verb: string]: (...json: any[]) => Promise<any>;
}

/** Attempts per step, the pause before the second attempt, and the heartbeat age after which another coordinator takes over. */
const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 100;
const SILENCE_MS = 10_000;

/** The orchestrated saga: one process reads the table of the choreography, calls the next step and persists its result. */
export const orchestratedSaga: Protocol<Verbs> = {
  name: 'orchestrated-saga',
  summary: 'A coordinator calls steps in sequence, persists each result, and compensates in reverse order.',
  guarantees: COMPENSATES,

  participant: (context) => ({
    /** One local transaction that also stores the result: a repeated call returns the first result and has no second effect. */
    act: (saga, step, payload) =>
      context.transaction(async (local) => {
        const answers = local.records<SagaEvent | 'nothing'>('answers');
        const before = await answers.get(`${saga} ${step}`);
        if (before) return before === 'nothing' ? null : before;
        const event = await local.step(step, payload);
        await answers.insert(`${saga} ${step}`, event ? { type: event.type, data: event.data } : 'nothing');
        return event ?? null;
      }),
  }),

  async execute(request: PlaceOrder, at, my) {
    // Written before the first step, so that a crash directly after that step leaves no unknown order.
    const begun = { event: { type: BEGUN, data: request }, owner: my.id, heartbeat: my.clock.now(), version: 1 };
    await my.transaction((tx) => tx.records<SagaRecord>('sagas').insert(request.orderId, begun));
    return { orderId: request.orderId, status: await advance(request.orderId, begun, at, my) };
  },

  /** Takes over sagas whose heartbeat is too old. */
  async resume(at, my) {
    const all = await my.transaction((tx) => tx.records<SagaRecord>('sagas').list());
    for (const { key, value } of all.filter(({ value }) => my.clock.now() - value.heartbeat > SILENCE_MS)) {
      const mine = { ...value, owner: my.id, heartbeat: my.clock.now(), version: value.version + 1 };
      if (await my.transaction((tx) => tx.records<SagaRecord>('sagas').replace(key, mine, value))) {
        await advance(key, mine, at, my);
      }
    }
  },
};

/** Continues from the last result to the end of the saga. IN_DOUBT: another coordinator has taken over, or an operator must act. */
async function advance(saga: string, begun: SagaRecord, at: Participants<Verbs>, my: Coordinator) {
  for (let now = begun; ; ) {
    const ending = endingOf(checkout, now.event.type);
    if (ending) {
      await after(saga, now.event, at, my);
      await my.transaction(async (tx) => {
        await tx.records('sagas').delete(saga);
        await tx.records('interventions').delete(saga);
      });
      return ending;
    }
    const { by, step } = rowHandling(checkout, now.event.type);
    const event = await persistently(my, () => at[by].act(saga, step, now.event.data));
    if (!event) {
      // The next takeover tries again, until an operator resolves it.
      await my.transaction((tx) => tx.records('interventions').insert(saga, { order: now.event.data, step }));
      return 'IN_DOUBT';
    }
    await my.atCrashPoint('acted');
    const next = { event, owner: my.id, heartbeat: my.clock.now(), version: now.version + 1 };
    // If another coordinator has taken over, this one stops.
    if (!(await my.transaction((tx) => tx.records<SagaRecord>('sagas').replace(saga, next, now)))) return 'IN_DOUBT';
    now = next;
  }
}

/** Runs the follow-up steps of an ending. They are not part of the saga. */
async function after(saga: string, event: SagaEvent, at: Participants<Verbs>, my: Coordinator): Promise<void> {
  for (const { by, step } of effectsAfter(checkout, event.type))
    await persistently(my, () => at[by].act(saga, step, event.data));
}

/** Retries a step with growing pauses; returns null after the last attempt. */
async function persistently(my: Coordinator, act: () => Promise<SagaEvent | null>): Promise<SagaEvent | null> {
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
