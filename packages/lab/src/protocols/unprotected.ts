import { isFailure, reasonOf } from '../calls.js';
import { COMPENSATES, type PlaceOrder, type Protocol, Refusal, type StepName } from '../protocol.js';

interface Verbs {
  act(steps: readonly StepName[], payload: object): Promise<any>;
  [verb: string]: (...json: any[]) => Promise<any>;
}

/** The control: no protocol. Each service reads and decides, then writes its decision in a second transaction. */
export const unprotected: Protocol<Verbs> = {
  name: 'unprotected',
  summary: 'Reads, decides, writes: no locks, no compensation, no recovery. The control that must break.',
  guarantees: { ...COMPENSATES, atomicity: 'none', consistency: 'broken', isolation: 'none', scope: 'databases' },

  participant: (context) => ({
    async act(steps, payload) {
      let data: any = payload;
      for (const step of steps) {
        const draft = await context.transaction((local) => local.draft(step, data));
        if (!draft.event) throw new Refusal(`${step}-out-of-turn`);
        if (isFailure(draft.event)) throw new Refusal(draft.event.data.reason);
        await context.transaction((local) => local.save(draft));
        data = draft.event.data;
      }
      return data;
    },
  }),

  async execute(request: PlaceOrder, at, my) {
    const order = await at.order.act(['place-order'], request);
    try {
      await at.payment.act(['authorize-payment', 'capture-payment'], order);
      await my.atCrashPoint('paid');
      await at.inventory.act(['reserve-inventory', 'commit-inventory'], order);
      await at.shipping.act(['create-shipment', 'dispatch-shipment'], order);
      await at.order.act(['complete-order'], order);
      return { orderId: request.orderId, status: 'COMPLETED' };
    } catch (error) {
      await at.order.act(['cancel-order'], { ...order, reason: reasonOf(error) });
      return { orderId: request.orderId, status: 'CANCELLED' };
    }
  },
};
