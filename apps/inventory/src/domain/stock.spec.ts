import { describe, expect, it } from '@jest/globals';
import { ignore, type Ref, refsOf, type Step, statesOf } from '@quadrille/choreography';
import { exampleOrder, ProductListed } from '@quadrille/contracts';
import { commitInventory } from '../steps/commit-inventory.js';
import { receiveStock } from '../steps/receive-stock.js';
import { releaseInventory } from '../steps/release-inventory.js';
import { reserveInventory } from '../steps/reserve-inventory.js';
import { products } from './products.js';
import { type Reservation, reservations } from './reservations.js';
import { type Stock, stock } from './stock.js';

const NOW = '2026-01-01T00:00:00.000Z';
const SKUS = ['A', 'B', 'C'];
const ORDERS = 8;
const STEPS_EACH = 150;
const SEQUENCES = 200;

/** Park-Miller: a pseudo-random sequence per seed, so that a failure is reproducible. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % sides;
  };
}

/** The service without infrastructure: an emitted event updates all loaded states. */
class Warehouse {
  private readonly states = new Map<string, unknown>();

  constructor() {
    for (const sku of SKUS) {
      const listed = ProductListed({ sku, name: sku, price: 1, currency: 'GBP', weightGrams: 1 });
      this.set(products.of(sku), products.evolve(products.initial(sku), listed, NOW));
    }
  }

  handle(step: Step, payload: unknown): void {
    const loaded = step.loads(payload);
    const decided = step.decide(
      statesOf(loaded, (ref) => this.state(ref)),
      payload,
      undefined,
    );
    if (decided === ignore || !('type' in decided)) return;
    const refs = new Map([...refsOf(loaded)].map((ref) => [idOf(ref), ref]));
    for (const ref of refs.values()) this.set(ref, ref.aggregate.evolve(this.state(ref), decided, NOW));
  }

  state<State>(ref: Ref<State>): State {
    return (this.states.get(idOf(ref)) as State | undefined) ?? ref.aggregate.initial(ref.key);
  }

  private set(ref: Ref, state: unknown): void {
    this.states.set(idOf(ref), state);
  }
}

const idOf = ({ aggregate, key }: Ref) => `${aggregate.name} ${key}`;
const ORDER_IDS = Array.from({ length: ORDERS }, (_, nth) => `01980000-0000-7000-8000-00000000000${nth}`);
const receiptId = '01980000-0000-7000-8000-0000000000e1';

function play(seed: number): Warehouse {
  const roll = dice(seed);
  const warehouse = new Warehouse();
  const undos = ORDER_IDS.map((orderId) => ({
    ...exampleOrder({
      orderId,
      items: Array.from({ length: 1 + roll(4) }, () => ({
        sku: SKUS[roll(SKUS.length)]!,
        quantity: 1 + roll(5),
        unitPrice: 1,
      })),
    }),
    reason: 'chance',
  }));
  for (let nth = 0; nth < STEPS_EACH; nth++) {
    const undo = undos[roll(ORDERS)]!;
    const receipt = { sku: SKUS[roll(SKUS.length)]!, receiptId, quantity: 1 + roll(3) };
    const moves: [Step, unknown][] = [
      [receiveStock, receipt],
      [reserveInventory, undo],
      [releaseInventory, undo],
      [commitInventory, undo],
    ];
    warehouse.handle(...moves[roll(moves.length)]!);
    expectSound(warehouse, seed);
  }
  return warehouse;
}

function expectSound(warehouse: Warehouse, seed: number): void {
  const held = heldIn(warehouse);
  for (const sku of SKUS) {
    const { received, available, reserved, sold }: Stock = warehouse.state(stock.of(sku));
    const sound = available + reserved + sold === received && Math.min(available, reserved, sold) >= 0;
    if (sound && reserved === held(sku, 'reserved') && sold === held(sku, 'committed')) continue;
    throw new Error(`seed ${seed}: ${JSON.stringify({ sku, received, available, reserved, sold })} does not add up`);
  }
}

/** The pieces per SKU in the reservations of one status. */
function heldIn(warehouse: Warehouse): (sku: string, status: Reservation['status']) => number {
  const sums = new Map<string, number>();
  for (const order of ORDER_IDS) {
    const reservation = warehouse.state(reservations.of(order));
    if (reservation.status === 'none') continue;
    for (const { sku, quantity } of reservation.items) {
      const name = `${sku} ${reservation.status}`;
      sums.set(name, (sums.get(name) ?? 0) + quantity);
    }
  }
  return (sku, status) => sums.get(`${sku} ${status}`) ?? 0;
}

describe('stock', () => {
  it('satisfies its invariant after every step of random sequences, and matches the reservations', () => {
    const endings = new Set<string>();
    for (let seed = 1; seed <= SEQUENCES; seed++) {
      const warehouse = play(seed);
      for (const order of ORDER_IDS) endings.add(warehouse.state(reservations.of(order)).status);
    }
    // The sequences covered every final status of a reservation.
    expect([...endings].sort()).toEqual(expect.arrayContaining(['committed', 'failed', 'released']));
  });

  it('ignores events of other SKUs and unrelated events', () => {
    const shelf = stock.initial('A');
    expect(
      stock.evolve(
        shelf,
        ProductListed({ ...{ sku: 'A', name: 'A' }, price: 1, currency: 'GBP', weightGrams: 1 }),
        NOW,
      ),
    ).toBe(shelf);
  });
});
