import { callAll, refusal, runSteps, settleAll } from '../calls.js';
import { STEPS } from '../phases.js';
import { COMPENSATES, type Coordinator, type Participants, type PlaceOrder, type Protocol } from '../protocol.js';

type Reservation = Readonly<{ order: any; since: number; extensions: number }>;
type TccRecord = Readonly<{ order: any; phase: 'confirming' | 'cancelling'; since: number }>;
type Verbs = Readonly<Record<'try' | 'confirm' | 'cancel' | 'extend', (id: string, ...json: any[]) => Promise<any>>>;

const MAX_EXTENSIONS = 3;
/** After this time, another coordinator completes a transaction. */
const SILENCE_MS = 2_000;

/** Try, confirm, cancel: reservations that expire. No locks are held between the phases, and a reservation binds only until its expiry. */
export const tryConfirmCancel = (expiryMs: number): Protocol<Verbs> => ({
  name: 'try-confirm-cancel',
  summary: 'Reserves everywhere, then confirms everywhere; an unconfirmed reservation expires.',
  guarantees: COMPENSATES,

  participant: (context) => {
    const steps = STEPS[context.service];
    return {
      /** The reservation and its expiry are written in one transaction. */
      try: (id, payload) =>
        context.transaction(async (local) => {
          const order = await runSteps(local, [steps.try], payload);
          const expiring = local.records<Reservation>('expiring');
          await expiring.insert(id, { order, since: context.clock.now(), extensions: 0 });
          return order;
        }),
      /** False if the reservation has expired. A repeated call returns the first answer. */
      confirm: (id, order) =>
        context.transaction(async (local) => {
          const event = await local.step(steps.confirm, order);
          await local.records('expiring').delete(id);
          if (event) await local.records('confirmed').insert(id, true);
          return event !== undefined || (await local.records('confirmed').get(id)) !== undefined;
        }),
      /** Without a preceding try, the step leaves a tombstone, so that a late try is refused. */
      cancel: (id, order, reason) =>
        context.transaction(async (local) => {
          await local.step(steps.cancel, { ...order, reason });
          await local.records('expiring').delete(id);
        }),
      extend: (id) =>
        context.transaction(async (local) => {
          const expiring = local.records<Reservation>('expiring');
          const found = await expiring.get(id);
          if (!found || found.extensions >= MAX_EXTENSIONS) return;
          await expiring.replace(id, { ...found, since: context.clock.now(), extensions: found.extensions + 1 }, found);
        }),
    };
  },

  async execute(request: PlaceOrder, at, my) {
    const id = request.orderId;
    const order = await at.order.try(id, request);
    const reason = await refusal(() =>
      settleAll([at.payment.try(id, order), at.inventory.try(id, order), at.shipping.try(id, order)]),
    );
    await my.atCrashPoint('tried');
    // The decision. Any coordinator that reads it can complete it.
    const phase = reason === undefined ? 'confirming' : 'cancelling';
    await my.transaction((tx) =>
      tx.records<TccRecord>('tcc').insert(id, { order: { ...order, reason }, phase, since: my.clock.now() }),
    );
    return { orderId: id, status: await complete(id, { ...order, reason }, phase, at, my) };
  },

  async resume(at, my) {
    for (const { key, value } of await my.transaction((tx) => tx.records<TccRecord>('tcc').list())) {
      if (my.clock.now() - value.since > SILENCE_MS)
        await refusal(() => complete(key, value.order, value.phase, at, my));
    }
  },

  /** Cancels expired reservations. */
  async sweep(context) {
    const steps = STEPS[context.service];
    await context.transaction(async (local) => {
      const expiring = local.records<Reservation>('expiring');
      for (const { key, value } of await expiring.list()) {
        if (context.clock.now() - value.since <= expiryMs) continue;
        await local.step(steps.cancel, { ...value.order, reason: 'reservation-expired' });
        await expiring.delete(key);
      }
    });
  },
});

/** Confirms or cancels everywhere. If a confirmation finds no reservation, the order is left to an operator. */
async function complete(id: string, order: any, phase: TccRecord['phase'], at: Participants<Verbs>, my: Coordinator) {
  if (phase === 'cancelling') {
    const answers = await callAll(at, (each) => each.cancel(id, order, order.reason).then(() => true));
    if (answers.length < 4) return 'IN_DOUBT';
    await my.transaction((tx) => tx.records('tcc').delete(id));
    return 'CANCELLED';
  }
  await callAll(at, (each) => each.extend(id));
  // Payment first: of the four confirmations, only a captured payment can be compensated.
  const isPaid = await at.payment.confirm(id, order);
  await my.atCrashPoint('half-confirmed');
  const confirmed = await callAll(at, async (each) =>
    each === at.payment || !isPaid ? isPaid : each.confirm(id, order),
  );
  if (confirmed.length < 4) return 'IN_DOUBT';
  await my.transaction(async (tx) => {
    if (confirmed.includes(false)) await tx.records('interventions').insert(id, { order, confirmed });
    await tx.records('tcc').delete(id);
  });
  return confirmed.includes(false) ? 'IN_DOUBT' : 'COMPLETED';
}
