import { describe, expect, it } from '@jest/globals';
import { OrderRequest } from '@quadrille/contracts';
import { fateOf, jsonRequest, mixedOrder } from './order-requests.js';

const thousand = Array.from({ length: 1_000 }, (_, at) => at);

describe('the orders of the benchmark', () => {
  it('are refused and cancelled in the documented shares', () => {
    const counts = { completes: 0, 'no-stock': 0, 'no-money': 0, cancelled: 0 };
    for (const at of thousand) counts[fateOf(at)]++;
    expect(counts).toEqual({ completes: 960, 'no-stock': 20, 'no-money': 10, cancelled: 10 });
  });

  it('are valid by the contract', () => {
    for (const at of thousand) expect(OrderRequest.safeParse(mixedOrder(at)).success).toBe(true);
  });

  it('are equal in every run', () => {
    expect(mixedOrder(123)).toEqual(mixedOrder(123));
  });

  it('have a content-length in bytes, not characters', () => {
    const request = jsonRequest('POST', '/orders', { name: '’' });
    expect(request).toContain('content-length: 14\r\n');
  });
});
