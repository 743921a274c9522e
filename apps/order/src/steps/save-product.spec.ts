import { describe, expect, it } from '@jest/globals';
import { PriceChanged, ProductListed, type ShopEvent } from '@quadrille/contracts';
import { given } from '@quadrille/testing/steps';
import { products } from '../domain/product.js';
import { saveProduct } from './save-product.js';

const teapot = { sku: 'TEAPOT', name: 'Teapot', price: 3_400, currency: 'GBP' as const, weightGrams: 900 };
const dearer = { ...teapot, price: 3_600 };
const listed = ProductListed(teapot);
const changed = PriceChanged({ ...dearer, previousPrice: 3_400, previousCurrency: 'GBP' });
const [NINE, TEN] = ['2026-01-01T09:00:00.000Z', '2026-01-01T10:00:00.000Z'] as const;

const evolved = (...events: [ShopEvent, at: string][]) =>
  events.reduce((product, [event, at]) => products.evolve(product, event, at), products.initial('TEAPOT'));

describe('save-product', () => {
  it('emits nothing', () => {
    given(listed).when(saveProduct, teapot).thenIgnores();
  });

  it('loads the product of the event', () => {
    expect(saveProduct.loads(teapot)).toEqual({ product: products.of('TEAPOT') });
  });

  it('starts with an unlisted product', () => {
    expect(evolved()).toEqual({ sku: 'TEAPOT', listed: false });
  });

  it('stores a listed product', () => {
    expect(evolved([listed, NINE])).toEqual({ ...teapot, listed: true, occurredAt: NINE, revision: 0 });
  });

  it('stores a changed price', () => {
    expect(evolved([listed, NINE], [changed, TEN])).toEqual({ ...dearer, listed: true, occurredAt: TEN, revision: 0 });
  });

  it('stores a product whose price change arrived first', () => {
    expect(evolved([changed, TEN])).toEqual({ ...dearer, listed: true, occurredAt: TEN, revision: 0 });
  });

  it('ignores an event older than the stored product', () => {
    expect(evolved([changed, TEN], [listed, NINE])).toEqual({ ...dearer, listed: true, occurredAt: TEN, revision: 0 });
  });

  it('is idempotent', () => {
    expect(evolved([listed, NINE], [listed, NINE])).toEqual(evolved([listed, NINE]));
    expect(evolved([listed, NINE], [changed, TEN], [listed, NINE], [changed, TEN])).toEqual(evolved([changed, TEN]));
  });

  it('stores the last to arrive of two events with the same millisecond', () => {
    expect(evolved([listed, NINE], [changed, NINE])).toMatchObject({ price: 3_600 });
  });

  it('stores the price with the higher count, for any clock skew between two instances', () => {
    const first = ProductListed({ ...teapot, revision: 1 });
    const second = PriceChanged({ ...changed.data, revision: 2 });
    const expected = { ...dearer, listed: true, revision: 2 };
    expect(evolved([first, TEN], [second, NINE])).toEqual({ ...expected, occurredAt: NINE });
    expect(evolved([second, NINE], [first, TEN])).toEqual({ ...expected, occurredAt: NINE });
    expect(evolved([first, '2027-01-01T00:00:00.000Z'], [second, NINE])).toEqual({ ...expected, occurredAt: NINE });
  });

  it('prefers a price with a count over one without, and compares one without by its time', () => {
    const second = PriceChanged({ ...changed.data, revision: 2 });
    expect(evolved([listed, '2027-01-01T00:00:00.000Z'], [second, NINE])).toMatchObject({ price: 3_600, revision: 2 });
    expect(evolved([second, NINE], [listed, TEN])).toMatchObject({ price: 3_400, revision: 2 });
  });

  it('does not confuse two products', () => {
    expect(evolved([ProductListed({ ...teapot, sku: 'MUG-BLUE' }), NINE])).toEqual({ sku: 'TEAPOT', listed: false });
  });
});
