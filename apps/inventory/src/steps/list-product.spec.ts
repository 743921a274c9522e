import { describe, it } from '@jest/globals';
import { PriceChanged, ProductListed } from '@quadrille/contracts';
import { given } from '@quadrille/testing/steps';
import { products } from '../domain/products.js';
import { listProduct } from './list-product.js';

const teapot = { sku: 'TEAPOT', name: 'Teapot', price: 3_400, currency: 'GBP', weightGrams: 900 } as const;
/** The product's nth event. */
const listed = (revision: number, changes: Partial<Parameters<typeof ProductListed>[0]> = {}) =>
  ProductListed({ ...teapot, ...changes, revision });
const FIRST = listed(1);
const was = { previousPrice: 3_400, previousCurrency: 'GBP' } as const;

describe('list-product', () => {
  it('lists a new product', () => {
    given()
      .when(listProduct, teapot)
      .thenEmits(FIRST)
      .leaves(products.of('TEAPOT'), { listed: true, ...teapot, revision: 1 });
  });

  it('ignores an unchanged product', () => {
    given(FIRST).when(listProduct, teapot).thenIgnores();
  });

  it('emits a price change with the previous price', () => {
    given(FIRST)
      .when(listProduct, { ...teapot, price: 2_900 })
      .thenEmits(PriceChanged({ ...teapot, price: 2_900, ...was, revision: 2 }))
      .leaves(products.of('TEAPOT'), { listed: true, ...teapot, price: 2_900, revision: 2 });
  });

  it('treats a currency change as a price change', () => {
    given(FIRST)
      .when(listProduct, { ...teapot, currency: 'EUR' })
      .thenEmits(PriceChanged({ ...teapot, currency: 'EUR', ...was, revision: 2 }));
  });

  it('emits ProductListed for a change of name or weight', () => {
    for (const change of [{ name: 'Teapot, round' }, { weightGrams: 950 }]) {
      given(FIRST)
        .when(listProduct, { ...teapot, ...change })
        .thenEmits(listed(2, change));
    }
  });

  it('emits PriceChanged with the new name if price and name change together', () => {
    const changed = { ...teapot, name: 'Teapot, round', price: 2_900 };
    given(FIRST)
      .when(listProduct, changed)
      .thenEmits(PriceChanged({ ...changed, ...was, revision: 2 }))
      .leaves(products.of('TEAPOT'), { listed: true, ...changed, revision: 2 });
  });

  it('compares with the latest event, not with the first listing', () => {
    given(FIRST, PriceChanged({ ...teapot, price: 2_900, ...was, revision: 2 }))
      .when(listProduct, teapot)
      .thenEmits(PriceChanged({ ...teapot, previousPrice: 2_900, previousCurrency: 'GBP', revision: 3 }));
  });

  it('continues the revision after events without one', () => {
    given(ProductListed(teapot))
      .when(listProduct, { ...teapot, price: 2_900 })
      .thenEmits(PriceChanged({ ...teapot, price: 2_900, ...was, revision: 2 }));
  });

  it('distinguishes products', () => {
    given(listed(1, { sku: 'TEAPOT-2' }))
      .when(listProduct, teapot)
      .thenEmits(FIRST);
  });
});
