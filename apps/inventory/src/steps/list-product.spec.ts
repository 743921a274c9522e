import { describe, it } from '@jest/globals';
import { PriceChanged, ProductListed } from '@quadrille/contracts';
import { given } from '@quadrille/testing/steps';
import { products } from '../domain/products.js';
import { listProduct } from './list-product.js';

const teapot = { sku: 'TEAPOT', name: 'Teapot', price: 3_400, currency: 'GBP', weightGrams: 900 } as const;
const was = { previousPrice: 3_400, previousCurrency: 'GBP' } as const;

describe('list-product', () => {
  it('lists a product that is new', () => {
    given()
      .when(listProduct, teapot)
      .then(ProductListed(teapot))
      .leaves(products.of('TEAPOT'), { listed: true, ...teapot });
  });

  it('says nothing when all is as it was', () => {
    given(ProductListed(teapot)).when(listProduct, teapot).thenNothing();
  });

  it('tells another price with the one before', () => {
    given(ProductListed(teapot))
      .when(listProduct, { ...teapot, price: 2_900 })
      .then(PriceChanged({ ...teapot, price: 2_900, ...was }))
      .leaves(products.of('TEAPOT'), { listed: true, ...teapot, price: 2_900 });
  });

  it('tells another currency as another price', () => {
    given(ProductListed(teapot))
      .when(listProduct, { ...teapot, currency: 'EUR' })
      .then(PriceChanged({ ...teapot, currency: 'EUR', ...was }));
  });

  it('lists a product again under another name or with another weight', () => {
    for (const change of [{ name: 'Teapot, round' }, { weightGrams: 950 }]) {
      given(ProductListed(teapot))
        .when(listProduct, { ...teapot, ...change })
        .then(ProductListed({ ...teapot, ...change }));
    }
  });

  it('tells a price that changes together with the name as a price, with the name', () => {
    const changed = { ...teapot, name: 'Teapot, round', price: 2_900 };
    given(ProductListed(teapot))
      .when(listProduct, changed)
      .then(PriceChanged({ ...changed, ...was }))
      .leaves(products.of('TEAPOT'), { listed: true, ...changed });
  });

  it('compares with the last change, not with the first listing', () => {
    given(ProductListed(teapot), PriceChanged({ ...teapot, price: 2_900, ...was }))
      .when(listProduct, teapot)
      .then(PriceChanged({ ...teapot, previousPrice: 2_900, previousCurrency: 'GBP' }));
  });

  it('knows products apart', () => {
    given(ProductListed({ ...teapot, sku: 'TEAPOT-2' }))
      .when(listProduct, teapot)
      .then(ProductListed(teapot));
  });
});
