import { describe, expect, it } from '@jest/globals';
import { walk } from '../explore/walk.js';
import { mixture } from '../mixture.js';
import type { Protocol } from '../protocol.js';
import { adaptive, choose, type Window } from './adaptive.js';
import { orchestratedSaga } from './orchestrated-saga.js';
import { phasedSaga } from './phased-sagas.js';
import { validatedSaga } from './validated-sagas.js';

const CALM: Window = { orders: 20, cancelled: 0, contended: 0, unanswered: 0 };
const MAX_PER_SECOND = 10;
const SLOW_MS = 60_000;

describe('the choice of a protocol', () => {
  it.each([
    ['calm', CALM, '2PS'],
    ['more than a tenth cancelled', { ...CALM, cancelled: 3, contended: 20 }, '2PS'],
    ['more than a fifth contended', { ...CALM, contended: 5 }, '3PS-reserving'],
    ['a fifth contended', { ...CALM, contended: 4 }, '2PS'],
    ['more than the load that was measured', { ...CALM, orders: 51 }, 'orchestrated-saga'],
    ['exactly that load', { ...CALM, orders: 50 }, '2PS'],
    ['a tenth unanswered, and one more', { ...CALM, unanswered: 3, cancelled: 20 }, 'orchestrated-saga'],
    ['too few orders', { orders: 4, cancelled: 4, contended: 4, unanswered: 4 }, '2PS'],
  ] as const)('%s', (_, window, choice) => {
    expect(choose(window, MAX_PER_SECOND)).toBe(choice);
  });

  it('changes after two windows in a row, for new orders only', async () => {
    const protocol = adaptive(1);
    let now = 0;
    const my: any = {
      clock: { now: () => now },
      transaction: async () => {
        throw new Error('not carried here');
      },
    };
    const chosen = async () => {
      const calls: string[] = [];
      const coordinator = {
        ...my,
        transaction: async (work: any) => work({ records: (kind: string) => noted(kind, calls) }),
      };
      await protocol.execute({ orderId: 'o', items: [{ sku: 'A' }] } as any, {} as any, coordinator).catch(() => {});
      return calls[0];
    };
    const second = async () => {
      const kinds = new Set<string | undefined>();
      for (let nth = 0; nth < 3; nth++) kinds.add(await chosen());
      now += 1_000;
      return [...kinds];
    };
    const seen: (string | undefined)[][] = [];
    for (let nth = 0; nth < 12; nth++) seen.push(await second());
    expect(seen.slice(0, 10).flat()).toEqual(Array(10).fill('under way in 2PS'));
    expect(seen.slice(10).flat()).toEqual(Array(2).fill('sagas'));
  });
});

/** Records that note the kind and then end the order. */
const noted = (kind: string, calls: string[]) => ({
  insert: async () => {
    calls.push(kind);
    throw new Error('ended here');
  },
});

describe('two orders by two protocols', () => {
  const FAULTS = { orders: 2, pieces: 1, sharesLog: false, deaths: 0, cuts: 0, late: 0 };
  const validated = (kind: '3PS' | '3PS-reserving') => validatedSaga(kind, { expiryMs: 15_000, verifyAfterMs: 0 });
  const pair = (one: Protocol, other: Protocol): Protocol => {
    const ids: string[] = [];
    return mixture('pair', [one, other], ({ orderId }) => {
      if (!ids.includes(orderId)) ids.push(orderId);
      return ids.toSorted().indexOf(orderId) === 0 ? one.name : other.name;
    });
  };

  it.each([
    ['2PS and 3PS-reserving', phasedSaga('2PS'), validated('3PS-reserving')],
    ['2PS and the orchestrated saga', phasedSaga('2PS'), orchestratedSaga],
    ['3PS-reserving and the orchestrated saga', validated('3PS-reserving'), orchestratedSaga],
  ])(
    'break no promise: %s',
    async (_, one, other) => {
      for (const protocol of [pair(one, other), pair(other, one)]) {
        expect(await walk({ protocol, ...FAULTS }, 15)).toEqual({ broken: [] });
        expect(await walk({ protocol, ...FAULTS, deaths: 1 }, 10)).toEqual({ broken: [] });
      }
    },
    SLOW_MS,
  );

  it(
    'break a promise where 3PS validates claims and another protocol reserves without one',
    async () => {
      const { broken } = await walk({ protocol: pair(validated('3PS'), orchestratedSaga), ...FAULTS }, 100, {
        toFirst: true,
      });
      expect(broken.map(({ promise }) => promise.slice(0, 2))).toContain('7.');
    },
    SLOW_MS,
  );
});
