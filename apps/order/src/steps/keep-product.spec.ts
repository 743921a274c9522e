import { describe, expect, it } from '@jest/globals';
import { PriceChanged, ProductListed, type ShopEvent } from '@quadrille/contracts';
import { given } from '@quadrille/testing/steps';
import { products } from '../domain/product.js';
import { saveProduct } from './keep-product.js';

const teapot = { sku: 'TEAPOT', name: 'Teapot', price: 3_400, currency: 'GBP' as const, weightGrams: 900 };
const dearer = { ...teapot, price: 3_600 };
const listed = ProductListed(teapot);
const changed = PriceChanged({ ...dearer, previousPrice: 3_400, previousCurrency: 'GBP' });
const [NINE, TEN] = ['2026-01-01T09:00:00.000Z', '2026-01-01T10:00:00.000Z'] as const;

const heard = (...events: [ShopEvent, at: string][]) =>
  events.reduce((product, [said, at]) => products.evolve(product, said, at), products.initial('TEAPOT'));

describe('keep-product', () => {
  it('has nothing to say', () => {
    given(listed).when(saveProduct, teapot).thenIgnores();
  });

  it('touches the product it heard of', () => {
    expect(saveProduct.loads(teapot)).toEqual({ product: products.of('TEAPOT') });
  });

  it('knows no product before it is listed', () => {
    expect(heard()).toEqual({ sku: 'TEAPOT', listed: false });
  });

  it('keeps a listed product', () => {
    expect(heard([listed, NINE])).toEqual({ ...teapot, listed: true, saidAt: NINE, revision: 0 });
  });

  it('keeps a changed price', () => {
    expect(heard([listed, NINE], [changed, TEN])).toEqual({ ...dearer, listed: true, saidAt: TEN, revision: 0 });
  });

  it('keeps a product whose price change came first', () => {
    expect(heard([changed, TEN])).toEqual({ ...dearer, listed: true, saidAt: TEN, revision: 0 });
  });

  it('ignores what is older than what it knows', () => {
    expect(heard([changed, TEN], [listed, NINE])).toEqual({ ...dearer, listed: true, saidAt: TEN, revision: 0 });
  });

  it('hears the same twice without harm', () => {
    expect(heard([listed, NINE], [listed, NINE])).toEqual(heard([listed, NINE]));
    expect(heard([listed, NINE], [changed, TEN], [listed, NINE], [changed, TEN])).toEqual(heard([changed, TEN]));
  });

  it('keeps the one that arrived last of two that share a millisecond', () => {
    expect(heard([listed, NINE], [changed, NINE])).toMatchObject({ price: 3_600 });
  });

  it('takes the price with the higher count, whatever the clocks of two instances say', () => {
    const first = ProductListed({ ...teapot, revision: 1 });
    const second = PriceChanged({ ...changed.data, revision: 2 });
    const kept = { ...dearer, listed: true, revision: 2 };
    expect(heard([first, TEN], [second, NINE])).toEqual({ ...kept, saidAt: NINE });
    expect(heard([second, NINE], [first, TEN])).toEqual({ ...kept, saidAt: NINE });
    expect(heard([first, '2027-01-01T00:00:00.000Z'], [second, NINE])).toEqual({ ...kept, saidAt: NINE });
  });

  it('takes a price with a count over any without, and one without by its time', () => {
    const second = PriceChanged({ ...changed.data, revision: 2 });
    expect(heard([listed, '2027-01-01T00:00:00.000Z'], [second, NINE])).toMatchObject({ price: 3_600, revision: 2 });
    expect(heard([second, NINE], [listed, TEN])).toMatchObject({ price: 3_400, revision: 2 });
  });

  it('does not mistake one product for another', () => {
    expect(heard([ProductListed({ ...teapot, sku: 'MUG-BLUE' }), NINE])).toEqual({ sku: 'TEAPOT', listed: false });
  });
});
