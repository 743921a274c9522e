import { describe, expect, it } from '@jest/globals';
import { type PageRequest, wantsPage } from './wants-page.js';

const BROWSER = 'text/html,application/xhtml+xml,*/*;q=0.8';
const requestWith = (changes: Partial<PageRequest>): PageRequest => ({
  method: 'GET',
  url: '/orders/1',
  accept: BROWSER,
  is404: true,
  ...changes,
});

describe('a page is returned', () => {
  it('to a browser at an address outside of the API', () => {
    expect(wantsPage(requestWith({}))).toBe(true);
    expect(wantsPage(requestWith({ method: 'HEAD' }))).toBe(true);
  });
  it('to a browser at an address shared by page and API', () => {
    expect(wantsPage(requestWith({ url: '/dead-letters?x=1', is404: false }))).toBe(true);
  });
  it('to no caller at an address of the API alone', () => {
    expect(wantsPage(requestWith({ url: '/sagas', is404: false }))).toBe(false);
  });
  it('to no program, and to no request with a body', () => {
    expect(wantsPage(requestWith({ accept: 'application/json' }))).toBe(false);
    expect(wantsPage(requestWith({ accept: undefined }))).toBe(false);
    expect(wantsPage(requestWith({ method: 'POST' }))).toBe(false);
  });
  it('to no request for a missing file or API route', () => {
    expect(wantsPage(requestWith({ url: '/assets/old.js' }))).toBe(false);
    expect(wantsPage(requestWith({ url: '/api/order/secrets' }))).toBe(false);
  });
});
