import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it, jest } from '@jest/globals';
import { compiled, eventsOf } from '@quadrille/choreography';
import { exampleOrder, shop } from '@quadrille/contracts';
import fc from 'fast-check';

const order = {
  ...exampleOrder(),
  payment: { method: 'card', token: 'tok_1' },
  shippingAddress: { ...exampleOrder().shippingAddress, line2: 'Flat 2' },
};
const undo = { ...order, reason: 'out-of-stock' };
const product = { sku: 'TEAPOT', name: 'Teapot', price: 3_400, currency: 'GBP', weightGrams: 900 };
const id = order.orderId;

/** An example of each event of the shop, with all optional fields. */
const examples: Record<string, object> = {
  OrderCreated: order,
  OrderCompleted: order,
  OrderCancellationRequested: { ...undo, requestedBy: 'deadline' },
  OrderCancelled: undo,
  PaymentAuthorized: { ...order, authorization: 'a1' },
  PaymentFailed: undo,
  PaymentCaptured: order,
  PaymentCaptureFailed: undo,
  PaymentVoided: { ...undo, amount: 0 },
  PaymentRefunded: { ...undo, amount: 5_900 },
  FundsDeposited: { customerId: id, depositId: id, amount: 1, currency: 'EUR' },
  InventoryReserved: order,
  InventoryReservationFailed: { ...undo, missing: [{ sku: 'TEAPOT', wanted: 2, available: 0 }] },
  InventoryReleased: { ...undo, released: order.items },
  InventoryCommitted: order,
  ShipmentCreated: { ...order, trackingNumber: 'T1' },
  ShipmentFailed: undo,
  ShipmentCancelled: { ...undo, trackingNumber: 'T1' },
  ShipmentDispatched: { ...order, trackingNumber: 'T1' },
  ProductListed: product,
  PriceChanged: { ...product, previousPrice: 3_200, previousCurrency: 'GBP' },
  StockReceived: { sku: 'TEAPOT', receiptId: id, quantity: 12 },
};
const events = eventsOf(shop);

/** Returns each place in a value: the object or array, and the key in it. */
function placesIn(value: any): [any, PropertyKey][] {
  if (typeof value !== 'object' || value === null) return [];
  return Reflect.ownKeys(value).flatMap((key): [any, PropertyKey][] =>
    key === 'length' ? [] : [[value, key], ...placesIn(value[key])],
  );
}

/** Unexpected values, as users, other programs or bugs produce them. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, true, '', ' ', -0, 0, 1, 1.5, -1, 2 ** 53, 1_000_001, Number.NaN, 5n),
  fc.constantFrom<unknown>(Number.POSITIVE_INFINITY, new Date(0), Object.create(null), new (class Odd {})(), () => 1),
  fc.constantFrom('\ud800', '\u{1F375}'.repeat(200), 'x'.repeat(201), ' padded ', id.toUpperCase(), 'gb', 'XX', 'card'),
  fc.constant(JSON.parse('{"__proto__":{"sku":"TEAPOT"},"extra":1}')),
  fc.constantFrom<unknown[]>([], Array(2), [undefined], [null], Object.assign([1], { extra: 1 })),
  fc.constant(Object.create({ sku: 'TEAPOT', quantity: 1, unitPrice: 1 })),
  fc.anything(),
  fc.string({ unit: 'binary' }),
  fc.uuid(),
  fc.integer(),
);
/** One change of an example: the place (modulo the number of places), the kind of change, the new value and key. */
const change = fc.tuple(
  fc.nat(),
  fc.constantFrom('replace', 'leave out', 'add', 'say twice', 'compute', 'pad', 'capitals'),
  odd,
  fc.constantFrom('extra', '__proto__', 'token', Symbol('extra')),
);

function changed(example: object, changes: readonly [number, string, unknown, PropertyKey][]): unknown {
  const whole = { value: structuredClone(example) as unknown };
  const places = placesIn(whole);
  for (const [at, how, by, key] of changes) {
    const [inside, place] = places[at % places.length]!;
    const define = (where: PropertyKey, what: PropertyDescriptor) =>
      Object.defineProperty(inside, where, { enumerable: true, configurable: true, ...what });
    if (how === 'leave out') delete inside[place];
    else if (how === 'add') define(key, { value: by, writable: true });
    else if (how === 'say twice' && Array.isArray(inside)) inside.push(inside[0]);
    else if (how === 'compute') define(place, { get: () => by });
    else if (how === 'pad' && typeof inside[place] === 'string') define(place, { value: `\t${inside[place]} ` });
    else if (how === 'capitals' && typeof inside[place] === 'string')
      define(place, { value: inside[place].toUpperCase() });
    else define(place, { value: by, writable: true });
  }
  return whole.value;
}

/** The observable result of parsing a value, including the text that would be sent. */
function reading(schema: (typeof events)[number]['schema'], value: unknown) {
  const { success, data, error } = schema.safeParse(value);
  return success ? { data, text: JSON.stringify(data) } : { issues: error.issues };
}

describe('the events of the shop, compiled', () => {
  it('all have an example', () => {
    expect(Object.keys(examples).sort()).toEqual(events.map(({ name }) => name).sort());
  });

  it.each(events)('$name is parsed without a call of the schema', ({ name, schema }) => {
    const plain = jest.spyOn(schema._zod, 'run');
    expect(compiled(schema).parse(examples[name])).toEqual(examples[name]);
    expect(plain).not.toHaveBeenCalled();
    plain.mockRestore();
  });

  it.each(events)('$name is parsed as by the schema', ({ name, schema }) => {
    let valid = 0;
    const asBy = fc.property(fc.array(change, { maxLength: 3 }), (changes) => {
      const plain = reading(schema, changed(examples[name]!, changes));
      if ('data' in plain) valid++;
      return isDeepStrictEqual(reading(compiled(schema), changed(examples[name]!, changes)), plain);
    });
    fc.assert(asBy, { numRuns: 300 });
    expect(valid).toBeGreaterThan(30);
  });
});
