import { describe, expect, it } from '@jest/globals';
import { COUNTRIES } from './countries.js';
import { exampleOrder } from './examples.js';
import { Address } from './order-details.js';

describe('the country of an address', () => {
  const { shippingAddress } = exampleOrder();
  const problemWith = (country: string) =>
    Address.safeParse({ ...shippingAddress, country }).error?.issues.map(({ message }) => message);

  it('is one of the 249 officially assigned codes', () => {
    expect(COUNTRIES.size).toBe(249);
    for (const code of COUNTRIES) expect(problemWith(code)).toBeUndefined();
  });

  it.each(['XX', 'EU', 'UK', 'AN', 'ZZ'])('is not %s, which ISO 3166-1 does not assign to a country', (code) => {
    expect(problemWith(code)).toEqual(['is not a country of ISO 3166-1']);
  });

  it.each(['gb', 'GBR', '', 'G'])('is not "%s", which is not an alpha-2 code', (code) => {
    expect(problemWith(code)).toEqual(['is not an ISO 3166-1 alpha-2 code']);
  });
});
