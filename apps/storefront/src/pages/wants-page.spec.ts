import { describe, expect, it } from '@jest/globals';
import { type Asked, wantsPage } from './wants-page.js';

const BROWSER = 'text/html,application/xhtml+xml,*/*;q=0.8';
const asked = (changes: Partial<Asked>): Asked => ({
  method: 'GET',
  url: '/orders/1',
  accept: BROWSER,
  is404: true,
  ...changes,
});

describe('who is shown a page', () => {
  it('is a browser that goes to an address which is none of the API', () => {
    expect(wantsPage(asked({}))).toBe(true);
    expect(wantsPage(asked({ method: 'HEAD' }))).toBe(true);
  });
  it('is a browser at an address that page and API share', () => {
    expect(wantsPage(asked({ url: '/dead-letters?x=1', is404: false }))).toBe(true);
  });
  it('is nobody where the API has the address alone', () => {
    expect(wantsPage(asked({ url: '/sagas', is404: false }))).toBe(false);
  });
  it('is no program, and nobody who sends something', () => {
    expect(wantsPage(asked({ accept: 'application/json' }))).toBe(false);
    expect(wantsPage(asked({ accept: undefined }))).toBe(false);
    expect(wantsPage(asked({ method: 'POST' }))).toBe(false);
  });
  it('is nobody who looks for a file or an API route that is gone', () => {
    expect(wantsPage(asked({ url: '/assets/old.js' }))).toBe(false);
    expect(wantsPage(asked({ url: '/api/order/secrets' }))).toBe(false);
  });
});
