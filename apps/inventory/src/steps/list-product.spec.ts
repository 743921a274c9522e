import { describe, it } from '@jest/globals';
import { PriceChanged, ProductListed } from '@quadrille/contracts';
import { given } from '@quadrille/testing/steps';
import { products } from '../domain/products.js';
import { listProduct } from './list-product.js';

const teapot = { sku: 'TEAPOT', name: 'Teapot', price: 3_400, currency: 'GBP', weightGrams: 900 } as const;
/** As it is told for the nth time. */
const told = (revision: number, changes: Partial<Parameters<typeof ProductListed>[0]> = {}) =>
  ProductListed({ ...teapot, ...changes, revision });
const FIRST = told(1);
const was = { previousPrice: 3_400, previousCurrency: 'GBP' } as const;

describe('list-product', () => {
  it('lists a product that is new', () => {
    given()
      .when(listProduct, teapot)
      .thenEmits(FIRST)
      .leaves(products.of('TEAPOT'), { listed: true, ...teapot, revision: 1 });
  });

  it('says nothing when all is as it was', () => {
    given(FIRST).when(listProduct, teapot).thenIgnores();
  });

  it('tells another price with the one before', () => {
    given(FIRST)
      .when(listProduct, { ...teapot, price: 2_900 })
      .thenEmits(PriceChanged({ ...teapot, price: 2_900, ...was, revision: 2 }))
      .leaves(products.of('TEAPOT'), { listed: true, ...teapot, price: 2_900, revision: 2 });
  });

  it('tells another currency as another price', () => {
    given(FIRST)
      .when(listProduct, { ...teapot, currency: 'EUR' })
      .thenEmits(PriceChanged({ ...teapot, currency: 'EUR', ...was, revision: 2 }));
  });

  it('lists a product again under another name or with another weight', () => {
    for (const change of [{ name: 'Teapot, round' }, { weightGrams: 950 }]) {
      given(FIRST)
        .when(listProduct, { ...teapot, ...change })
        .thenEmits(told(2, change));
    }
  });

  it('tells a price that changes together with the name as a price, with the name', () => {
    const changed = { ...teapot, name: 'Teapot, round', price: 2_900 };
    given(FIRST)
      .when(listProduct, changed)
      .thenEmits(PriceChanged({ ...changed, ...was, revision: 2 }))
      .leaves(products.of('TEAPOT'), { listed: true, ...changed, revision: 2 });
  });

  it('compares with the last change, not with the first listing', () => {
    given(FIRST, PriceChanged({ ...teapot, price: 2_900, ...was, revision: 2 }))
      .when(listProduct, teapot)
      .thenEmits(PriceChanged({ ...teapot, previousPrice: 2_900, previousCurrency: 'GBP', revision: 3 }));
  });

  it('counts on from events that were said before there was a count', () => {
    given(ProductListed(teapot))
      .when(listProduct, { ...teapot, price: 2_900 })
      .thenEmits(PriceChanged({ ...teapot, price: 2_900, ...was, revision: 2 }));
  });

  it('knows products apart', () => {
    given(told(1, { sku: 'TEAPOT-2' }))
      .when(listProduct, teapot)
      .thenEmits(FIRST);
  });
});
