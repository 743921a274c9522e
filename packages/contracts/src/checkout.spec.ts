import { describe, expect, it } from '@jest/globals';
import { verify } from '@quadrille/choreography';
import { checkout } from './checkout.js';

describe('the checkout', () => {
  it('satisfies all rules of a choreography', () => {
    expect(verify(checkout)).toEqual([]);
  });
});
