import { callAll, collectVotes, inDoubtFor, placeAndCancel, refusal, runSteps, type Voting } from '../calls.js';
import { COMMITS, type Decision, type PlaceOrder, type Protocol, type StepName } from '../protocol.js';

/** `coordinator-1:order id`: the prefix names the coordinator that decides. */
type Tx = string;

interface Verbs {
  prepare(tx: Tx, steps: readonly StepName[], payload: object): Promise<any>;
  finish(tx: Tx, decision: Decision): Promise<void>;
  inDoubt(): Promise<readonly Tx[]>;
  refuse(request: PlaceOrder, reason: string): Promise<void>;
  [verb: string]: (...json: any[]) => Promise<any>;
}

/** A recovering coordinator decides transactions that have been in doubt for this time. */
const IN_DOUBT_MS = 2_000;

/** Two-phase commit with presumed abort: without a record in the log, the decision is abort. */
export const twoPhaseCommit = (voting: Voting = 'in order'): Protocol<Verbs> => ({
  name: 'two-phase-commit',
  summary: 'Prepares everywhere, logs the decision, finishes everywhere. Without the log, participants stay in doubt.',
  guarantees: COMMITS,

  participant: (context) => ({
    /** Votes yes by preparing: the locks stay until the decision. A refusal or a lock timeout votes no and rolls back. */
    prepare: (tx, steps, payload) => context.transaction((local) => runSteps(local, steps, payload), tx),
    finish: (tx, decision) => context.finish(tx, decision),
    inDoubt: async () => (await inDoubtFor(context, IN_DOUBT_MS)).map(({ name }) => name),
    refuse: (request, reason) => context.transaction((local) => placeAndCancel(local, request, reason)),
  }),

  async execute(request, at, my) {
    const tx = `${my.id}:${request.orderId}`;
    // Phase 1: all participants vote.
    const no = await refusal(async () => {
      const order = await at.order.prepare(tx, ['place-order', 'complete-order'], request);
      // The account is locked before the stock. Shipping creates a row of its own, so its vote waits for no other order.
      await collectVotes(voting, [
        [
          () => at.payment.prepare(tx, ['authorize-payment', 'capture-payment'], order),
          () => at.shipping.prepare(tx, ['create-shipment', 'dispatch-shipment'], order),
        ],
        [() => at.inventory.prepare(tx, ['reserve-inventory', 'commit-inventory'], order)],
      ]);
    });
    await my.atCrashPoint('prepared');
    // The commit point: the first decision in the log is final.
    const decision = await my.decisions.decide(tx, no ? 'abort' : 'commit');
    // Phase 2: all participants finish.
    await callAll(at, async (each) => {
      if (each !== at.order) await my.atCrashPoint('half-committed');
      await each.finish(tx, decision);
    });
    if (decision === 'abort') await at.order.refuse(request, no ?? 'coordinator-recovered');
    return { orderId: request.orderId, status: decision === 'commit' ? 'COMPLETED' : 'CANCELLED' };
  },

  async resume(at, my) {
    const names = new Set((await callAll(at, (each) => each.inDoubt())).flat());
    for (const tx of [...names].filter((name) => my.decisions.covers(name.split(':')[0]!))) {
      const decision = await my.decisions.decide(tx, 'abort');
      await callAll(at, (each) => each.finish(tx, decision));
    }
  },
});
