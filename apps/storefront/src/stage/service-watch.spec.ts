import { describe, expect, it } from '@jest/globals';
import { healthIn, ServiceWatch } from './service-watch.js';

describe('a service seen from outside', () => {
  it.each([
    ['is up if it is ready', { status: 200, body: { parts: { boot: { ok: true } } } }, 'up', []],
    [
      'is unwell if a component is',
      { status: 503, body: { parts: { database: { ok: false } } } },
      'unwell',
      ['database'],
    ],
    [
      'is unwell while a circuit is open',
      { status: 200, body: { parts: { provider: { ok: true, circuit: 'open' } } } },
      'unwell',
      ['provider'],
    ],
    ['is up by its status alone', { status: 200, body: null }, 'up', []],
    ['is down without a connection', 'down' as const, 'down', []],
    ['is silent without a response in time', 'silent' as const, 'silent', []],
  ])('%s', (_, answer, health, unwell) => {
    expect(healthIn(answer)).toEqual({ health, unwell });
  });

  it('is unknown without a configured address', async () => {
    expect(await new ServiceWatch({ order: undefined }, {}).look()).toMatchObject([
      { service: 'order', health: 'unknown' },
    ]);
  });
});
