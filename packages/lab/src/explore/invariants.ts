import type { OrderDetails } from '@quadrille/contracts';
import { orders } from '@quadrille/order/domain/order';
import { promisesTo } from '@quadrille/shop-proof/promises';
import { SERVICES } from '../calls.js';
import type { Scenario } from './scenario.js';
import type { World } from './world.js';

type Look = Parameters<ReturnType<typeof promisesTo>[number]['wrong']>[0];

const OWNERS: Readonly<Record<string, (typeof SERVICES)[number]>> = {
  orders: 'order',
  payments: 'payment',
  accounts: 'payment',
  ledger: 'payment',
  reservations: 'inventory',
  stock: 'inventory',
  shipments: 'shipping',
};

/** A commit protocol cancels without calling payment; the choreography leaves a tombstone. Neither has taken money. */
const NEVER_PAID = { status: 'voided', method: 'account', amount: 0 };
const isCancelled = (world: World, order: string): boolean =>
  (world.databases.order!.committed.get(`orders/${order}`) as { status?: string } | undefined)?.status === 'cancelled';

/** The committed state as the promises read it. The scenario has no card, and the house carrier stores nothing. */
const lookAt = (world: World): Look => ({
  state<State>({ aggregate, key }: { aggregate: { name: string; initial(key: string): State }; key: string }): State {
    const row = world.databases[OWNERS[aggregate.name]!]!.committed.get(`${aggregate.name}/${key}`);
    if (row === undefined && aggregate.name === 'payments' && isCancelled(world, key)) return NEVER_PAID as State;
    return (row ?? aggregate.initial(key)) as State;
  },
  stateAt: <State>(name: string) => (name === 'provider' ? null : 'none') as State,
});

/** A promise that a state breaks, with the reason. */
export interface Violation {
  readonly promise: string;
  readonly why: string;
}

/** Checks the promises of the checkout, the answers to customers, and that no prepared transaction remains. */
export class InvariantChecker {
  readonly #promises: ReturnType<typeof promisesTo>;

  constructor(private readonly scenario: Scenario) {
    this.#promises = promisesTo(scenario.orders);
  }

  always = (world: World): Violation[] => this.#broken(world, 'always');

  /** At the end of a run: no crashed process, no partition, no message in flight, and periodic work has nothing left to do. */
  atRest(world: World): Violation[] {
    return [
      ...this.#broken(world, 'quiet'),
      ...leftIn(world),
      ...this.scenario.orders.flatMap((order) => answered(world, order)),
    ];
  }

  /** The reason why an order waits for a crashed coordinator, if one does. */
  blocked(world: World): string | undefined {
    const held = SERVICES.filter((service) => world.databases[service]!.prepared.size > 0);
    if (held.length > 0) return `${held.join(', ')} hold locks until ${[...world.dead].join()} restarts`;
    return this.#promises
      .filter(({ name }) => name.startsWith('1.'))
      .map(({ wrong }) => wrong(lookAt(world)))
      .find((why) => why !== undefined);
  }

  #broken(world: World, when: 'always' | 'quiet'): Violation[] {
    const look = lookAt(world);
    return this.#promises.flatMap((each) => {
      if (each.when !== when) return [];
      const why = each.wrong(look);
      return why === undefined ? [] : [{ promise: each.name, why }];
    });
  }
}

/** Records that exist only until an order has ended. */
const TRANSIENT = /^record:(claims|holds|expiring)\//;

function leftIn(world: World): Violation[] {
  const left = (what: string, isLeft: (service: (typeof SERVICES)[number]) => boolean) => {
    const at = SERVICES.filter(isLeft);
    return at.length === 0 ? [] : [{ promise: `6. no ${what} remains`, why: `${at.join(', ')}: a ${what} remains.` }];
  };
  return [
    ...left('prepared transaction', (service) => world.databases[service]!.prepared.size > 0),
    ...left('claim or reservation of an order that has ended', (service) =>
      [...world.databases[service]!.committed.keys()].some((row) => TRANSIENT.test(row)),
    ),
  ];
}

function answered(world: World, { orderId }: OrderDetails): Violation[] {
  const answer = world.answers.get(orderId)?.status;
  const { status } = lookAt(world).state(orders.of(orderId));
  const wrong =
    (answer === 'COMPLETED' && status !== 'completed') || (answer === 'CANCELLED' && status === 'completed');
  return wrong
    ? [
        {
          promise: '7. the answer to the customer matches the order',
          why: `The answer was ${answer}; the order is ${status}.`,
        },
      ]
    : [];
}
