import { describe, expect, it } from '@jest/globals';
import { OrderRequest } from '@quadrille/contracts';
import { GUEST } from './customers.js';
import { faultsIn, requestOf, USUAL_FORM } from './order-form.js';

const cart = [{ sku: 'TEAPOT', quantity: 1 }];

describe('the order form', () => {
  it('is a valid order by default', () => {
    expect(OrderRequest.safeParse(requestOf(cart, USUAL_FORM, 'GBP')).success).toBe(true);
  });
  it('orders as a guest without a customer', () => {
    const request = requestOf(cart, { ...USUAL_FORM, customer: GUEST, method: 'card' }, 'GBP');
    expect(request).toMatchObject({ customerId: null, payment: { method: 'card', token: 'tok_visa' } });
  });
  it('shows every error of the contracts at its field', () => {
    const empty = { ...USUAL_FORM, name: '', line1: '', city: '', postalCode: '', country: 'XX', customer: GUEST };
    const { error } = OrderRequest.safeParse(requestOf(cart, empty, 'GBP'));
    const errors = error!.issues.map(({ path, message }) => ({ pointer: `/${path.join('/')}`, detail: message }));
    const { fields, others } = faultsIn(errors, cart);
    expect(Object.keys(fields).sort()).toEqual(['city', 'country', 'line1', 'method', 'name', 'postalCode']);
    expect(others).toEqual([]);
  });
  it('shows the error of a line at the line, and other errors above the form', () => {
    const { lines, others } = faultsIn(
      [
        { pointer: '/items/0/sku', detail: 'is not sold' },
        { pointer: '', detail: 'no' },
      ],
      cart,
    );
    expect([lines, others]).toEqual([{ TEAPOT: 'is not sold' }, ['no']]);
  });
});
