import { beforeAll, describe, expect, it } from '@jest/globals';
import { type DomainEvent, ignore, type Ref, refsOf, type Step, statesOf } from '@quadrille/choreography';
import { exampleOrder, FundsDeposited, type OrderDetails } from '@quadrille/contracts';
import { type Account, accountOf } from '../domain/accounts.js';
import { ledger } from '../domain/ledger.js';
import { paymentOf } from '../domain/payments.js';
import type { Authorization, Capture, PaymentProvider } from '../gateways/payment-provider.js';
import { authorizePayment } from './authorize-payment.js';
import { capturePayment } from './capture-payment.js';
import { returnPayment } from './return-payment.js';

/** The guarantees of a provider, and nothing else: idempotent by reference, and a reversal is final. */
class PromisedProvider implements PaymentProvider {
  state: 'none' | 'authorized' | 'declined' | 'captured' | 'reversed' = 'none';
  timesCaptured = 0;

  constructor(private readonly token: string | undefined) {}

  async authorize(): Promise<Authorization> {
    if (this.state === 'reversed') return { answer: 'reversed' };
    if (this.state === 'none') this.state = this.token === 'tok_declined' ? 'declined' : 'authorized';
    if (this.state === 'declined') return { answer: 'declined', reason: 'card-declined' };
    return { answer: 'authorized', authorization: 'auth_1' };
  }

  async capture(): Promise<Capture> {
    if (this.state === 'reversed') return { answer: 'reversed' };
    if (this.state === 'captured') return { answer: 'captured' };
    if (this.state !== 'authorized' || this.token === 'tok_capture-declined') {
      return { answer: 'declined', reason: 'capture-declined' };
    }
    this.state = 'captured';
    this.timesCaptured++;
    return { answer: 'captured' };
  }

  async reverse(): Promise<void> {
    this.state = 'reversed';
  }
}

/** An in-memory payment service in which a step's `call` and its transaction are separate moves. */
class PaymentService {
  readonly provider: PromisedProvider;
  readonly types: string[] = [];
  private readonly states = new Map<string, unknown>();
  private readonly answers = new Map<Step, unknown>();

  constructor(private readonly order: OrderDetails & { reason: string }) {
    this.provider = new PromisedProvider(order.payment.token);
    const { customerId } = order;
    this.evolve(accountOf(customerId!), FundsDeposited({ customerId: customerId!, depositId: '', ...PAID_IN }));
  }

  /** A repeated call replaces the answer: the first answer was lost, or the input was delivered twice. */
  async call(step: Step): Promise<void> {
    this.answers.set(step, await step.call!(this.order, { provider: this.provider }));
  }

  decide(step: Step): void {
    const loaded = step.loads(this.order);
    const decided = step.decide(
      statesOf(loaded, (ref) => this.state(ref)),
      this.order,
      this.answers.get(step),
    );
    if (decided === ignore || !('type' in decided)) return;
    this.types.push(decided.type);
    for (const ref of refsOf(loaded)) this.evolve(ref, decided);
  }

  state<State>({ aggregate, key }: Ref<State>): State {
    return (this.states.get(`${aggregate.name} ${key}`) as State | undefined) ?? aggregate.initial(key);
  }

  private evolve(ref: Ref, types: DomainEvent): void {
    const { aggregate, key } = ref;
    this.states.set(`${aggregate.name} ${key}`, aggregate.evolve(this.state(ref), types, '2026-01-01T00:00:00.000Z'));
  }
}

const PAID_IN = { amount: 10_000, currency: 'GBP' } as const;

type Move = readonly ['call' | 'decide', Step];
const callsTwice = (step: Step): Move[] => [
  ['call', step],
  ['call', step],
  ['decide', step],
];

/** All interleavings of some sequences; the order within a sequence is preserved. */
function* interleavings(sequences: readonly (readonly Move[])[]): Generator<Move[]> {
  if (sequences.every((sequence) => sequence.length === 0)) yield [];
  for (const [nth, [head, ...tail]] of sequences.entries()) {
    if (!head) continue;
    for (const rest of interleavings(sequences.with(nth, tail))) yield [head, ...rest];
  }
}

async function play(order: OrderDetails, moves: readonly Move[]): Promise<PaymentService> {
  const service = new PaymentService({ ...order, reason: 'changed-mind' });
  for (const [what, step] of moves) {
    if (what === 'call') await service.call(step);
    else service.decide(step);
  }
  return service;
}

const ways = {
  account: exampleOrder(),
  'a card': exampleOrder({ payment: { method: 'card' } }),
  'a card that is declined': exampleOrder({ payment: { method: 'card', token: 'tok_declined' } }),
  'a card that cannot be charged': exampleOrder({ payment: { method: 'card', token: 'tok_capture-declined' } }),
};

/** Runs one interleaving of calls and transactions, and returns its outcome. */
async function outcomeOf(order: OrderDetails, moves: readonly Move[]) {
  const service = await play(order, moves);
  const { available, held } = service.state(accountOf(order.customerId!)) as Account & { status: 'open' };
  const { timesCaptured, state: provider } = service.provider;
  const story = moves.map(([what, step]) => `${what} ${step.name}`).join(', ');
  return {
    story,
    available,
    held,
    revenue: balance(service, 'revenue'),
    timesCaptured,
    provider,
    types: service.types,
  };
}

const TURNING_BACK = ['PaymentFailed', 'PaymentVoided', 'PaymentRefunded'];

describe.each(Object.entries(ways))('a payment by %s', (_, order) => {
  const all = [...interleavings([authorizePayment, capturePayment, returnPayment].map(callsTwice))];
  let outcomes: Awaited<ReturnType<typeof outcomeOf>>[] = [];
  beforeAll(async () => {
    outcomes = await Promise.all(all.map((moves) => outcomeOf(order, moves)));
  });

  it(`nets to 0 in all ${all.length} interleavings of calls and transactions once the payment is returned`, () => {
    expect(outcomes).toHaveLength(all.length);
    expect(outcomes.filter((end) => end.available !== 10_000 || end.held !== 0 || end.revenue !== 0)).toEqual([]);
    expect(outcomes.filter((end) => end.timesCaptured > 1)).toEqual([]);
    const reversed = order.payment.method === 'card' ? 'reversed' : 'none';
    expect(outcomes.filter((end) => end.provider !== reversed)).toEqual([]);
  });

  it('always emits exactly one event that leads to the cancellation', () => {
    const wrong = outcomes.filter(({ types }) => {
      const endings = types.filter((type) => TURNING_BACK.includes(type));
      return endings.length !== 1 || types.at(-1) !== endings[0];
    });
    expect(wrong).toEqual([]);
  });
});

it.each(['account', 'a card'] as const)('is captured once, for the total, if it is not returned: %s', async (way) => {
  const order = ways[way];
  const service = await play(order, [...callsTwice(authorizePayment), ...callsTwice(capturePayment)]);
  expect(service.types).toEqual(['PaymentAuthorized', 'PaymentCaptured']);
  expect(service.state(paymentOf(order)).status).toBe('captured');
  expect(balance(service, 'revenue')).toBe(-order.total);
});

function balance(service: PaymentService, account: string): number {
  const { transactions } = service.state(ledger.of(exampleOrder().orderId));
  return transactions.flat().reduce((sum, posting) => (posting.account === account ? sum + posting.amount : sum), 0);
}
