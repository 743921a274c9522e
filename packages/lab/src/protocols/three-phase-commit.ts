import { callAll, collectVotes, inDoubtFor, placeAndCancel, reasonOf, runSteps, type Voting } from '../calls.js';
import { COMMITS, type Decision, type PlaceOrder, type Protocol, Refusal, type StepName } from '../protocol.js';

type Tx = string;
/** `unknown`: never prepared here, or aborted. */
type State = 'unknown' | 'prepared' | 'pre-committed' | 'committed';

interface Verbs {
  canCommit(tx: Tx, steps: readonly StepName[], payload: object): Promise<any>;
  preCommit(tx: Tx): Promise<void>;
  finish(tx: Tx, decision: Decision): Promise<void>;
  stateOf(tx: Tx): Promise<State>;
  refuse(request: PlaceOrder, reason: string): Promise<void>;
  [verb: string]: (...json: any[]) => Promise<any>;
}

/** After this time without the coordinator, participants decide among themselves. Longer than the 2 s for which a vote may wait for a lock. */
export const IN_DOUBT_MS = 3_000;

/** Three-phase commit. If a pre-commit is not acknowledged, the coordinator aborts, or commits as in Skeen's 1981 paper. */
export const threePhaseCommit = (withoutAcknowledgement: Decision, voting: Voting = 'in order'): Protocol<Verbs> => ({
  name: 'three-phase-commit',
  summary:
    'Can-commit, pre-commit, do-commit: participants decide without the coordinator, if the network is synchronous.',
  guarantees: { ...COMMITS, availability: 'does not block' },

  participant: (context) => ({
    /** The prepared transaction contains the record of its own outcome, so effect and outcome are atomic. */
    canCommit: (tx, steps, payload) =>
      context.transaction(async (local) => {
        await local.records('committed').insert(tx, true);
        return runSteps(local, steps, payload);
      }, tx),
    preCommit: async (tx) => {
      if (!(await context.inDoubt()).some(({ name }) => name === tx)) throw new Refusal('not-prepared');
      await context.transaction((local) => local.records('pre-committed').insert(tx, true));
    },
    finish: (tx, decision) => context.finish(tx, decision),
    stateOf: async (tx) => {
      const prepared = (await context.inDoubt()).some(({ name }) => name === tx);
      return context.transaction(async (local) => {
        if (await local.records('committed').get(tx)) return 'committed';
        if (!prepared) return 'unknown';
        return (await local.records('pre-committed').get(tx)) ? 'pre-committed' : 'prepared';
      });
    },
    refuse: (request, reason) => context.transaction((local) => placeAndCancel(local, request, reason)),
  }),

  async execute(request, at, my) {
    const tx = `${my.id}:${request.orderId}`;
    let reason = 'coordinator-aborted';
    let decision: Decision = 'abort';
    try {
      const order = await at.order.canCommit(tx, ['place-order', 'complete-order'], request);
      // The account is locked before the stock. Shipping creates a row of its own, so its vote waits for no other order.
      await collectVotes(voting, [
        [
          () => at.payment.canCommit(tx, ['authorize-payment', 'capture-payment'], order),
          () => at.shipping.canCommit(tx, ['create-shipment', 'dispatch-shipment'], order),
        ],
        [() => at.inventory.canCommit(tx, ['reserve-inventory', 'commit-inventory'], order)],
      ]);
      await my.atCrashPoint('prepared');
      const acknowledged = await callAll(at, (each) => each.preCommit(tx).then(() => true));
      await my.atCrashPoint('pre-committed');
      decision = acknowledged.length === 4 ? 'commit' : withoutAcknowledgement;
    } catch (no) {
      reason = reasonOf(no);
    }
    await callAll(at, (each) => each.finish(tx, decision));
    if (decision === 'abort') await at.order.refuse(request, reason);
    return { orderId: request.orderId, status: decision === 'commit' ? 'COMPLETED' : 'CANCELLED' };
  },

  /** The termination protocol: each participant queries the others and applies the same rule. */
  async sweep(context, peers) {
    for (const { name } of await inDoubtFor(context, IN_DOUBT_MS)) {
      await context.finish(name, ruleOn(await callAll(peers, (each) => each.stateOf(name))));
    }
  },
});

/** A known outcome binds. Otherwise one pre-commit suffices to commit; if all reachable participants are only prepared, they abort. */
function ruleOn(states: readonly State[]): Decision {
  if (states.includes('committed')) return 'commit';
  if (states.includes('unknown')) return 'abort';
  return states.includes('pre-committed') ? 'commit' : 'abort';
}
