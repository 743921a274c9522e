import { describe, expect, it } from '@jest/globals';
import { verify } from '@quadrille/choreography';
import { checkout } from './checkout.js';

describe('the checkout', () => {
  it('breaks no rule of a choreography', () => {
    expect(verify(checkout)).toEqual([]);
  });
});
