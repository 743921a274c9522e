import { describe, expect, it } from '@jest/globals';
import { fuzzRuns } from '@quadrille/testing/fuzz';
import fc from 'fast-check';
import type { RecordEntry } from '../books.js';
import { Reading } from './reading.js';

const TOPIC = 'quadrille.order.created';
const PLACE = `${TOPIC}/0`;
const NOW = 1_000_000;
const SKEW_MS = 10_000;

const record = (offset: number, at = offset, service = 'order'): RecordEntry => ({
  ...{ topic: TOPIC, place: `${PLACE}/${offset}`, at, eventId: `e${at}`, type: 'OrderCreated', service },
  ...{ step: 'place-order', key: 'o', correlationId: 'o', causationId: null },
});
const upTo = (from: number, to: number, ...rest: [at?: number]) =>
  Array.from({ length: to - from }, (_, index) => record(from + index, ...rest));
const of = (offset: number) => new Map([[PLACE, BigInt(offset)]]);

/** Runs a pass over a partition with these records, and returns the offsets that were read. */
function look(reading: Reading, begin: number, records: readonly RecordEntry[], beginsLater = begin): number[] {
  const end = records.length === 0 ? begin : Number(records.at(-1)!.place.split('/').at(-1)) + 1;
  const cut = { begins: of(begin), ends: of(end) };
  reading.begin(cut);
  const read: number[] = [];
  for (let slice = reading.slice(cut, 3n); slice; slice = reading.slice(cut, 3n)) {
    const [from, to] = [slice.from.get(PLACE)!, slice.to.get(PLACE)!];
    const there = records.filter(({ place }) => {
      const offset = BigInt(place.split('/').at(-1)!);
      return offset >= from && offset < to && offset >= BigInt(beginsLater);
    });
    const { fresh, anew } = reading.fresh(there);
    reading.take(slice, fresh, anew, NOW);
    for (const { place } of fresh) read.push(Number(place.split('/').at(-1)));
  }
  reading.finish(of(beginsLater), NOW);
  return read;
}
const offsets = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe('reading topics from look to look', () => {
  it('reads each record once, and misses none', () => {
    const lengths = fc.array(fc.nat(20), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(lengths, (steps) => {
        const reading = new Reading(new Set([TOPIC]));
        let length = 0;
        const read = steps.flatMap((more) => {
          length += more;
          return look(reading, 0, upTo(0, length));
        });
        expect(read).toEqual(offsets(0, length));
        expect(reading.removed).toEqual({ records: 0, until: length > 0 ? -1 : Number.NEGATIVE_INFINITY });
      }),
      { numRuns: fuzzRuns(200) },
    );
  });

  it('begins at the start of the partition, and has an upper bound for the time of removed records', () => {
    const reading = new Reading(new Set([TOPIC]));
    expect(look(reading, 4, upTo(4, 9))).toEqual(offsets(4, 9));
    expect(reading.removed).toEqual({ records: 4, until: 4 + SKEW_MS });
  });

  it('detects a topic younger than an event by the time of its oldest record', () => {
    const reading = new Reading(new Set([TOPIC]));
    look(reading, 0, [record(0, 300), record(1, 400)]);
    expect(reading.removed).toEqual({ records: 0, until: 299 });
  });

  it('ignores the timestamp of a foreign record', () => {
    const reading = new Reading(new Set([TOPIC]));
    look(reading, 4, [record(4, 0, 'somebody'), record(5, 77)]);
    expect(reading.removed.until).toBe(77 + SKEW_MS);
  });

  it('counts records removed before they were read, and not those it had read', () => {
    const reading = new Reading(new Set([TOPIC]));
    look(reading, 0, upTo(0, 5));
    look(reading, 5, upTo(5, 7));
    expect(reading.removed.records).toBe(0);
    look(reading, 9, upTo(9, 10));
    expect(reading.removed).toEqual({ records: 2, until: 9 + SKEW_MS });
  });

  it('counts records removed while it reads, also when none is left', () => {
    const some = new Reading(new Set([TOPIC]));
    expect(look(some, 0, upTo(0, 6), 4)).toEqual([4, 5]);
    expect(some.removed).toEqual({ records: 4, until: NOW + SKEW_MS });
    const all = new Reading(new Set([TOPIC]));
    expect(look(all, 0, upTo(0, 6), 6)).toEqual([]);
    expect(all.removed).toEqual({ records: 6, until: NOW + SKEW_MS });
  });

  it('counts no removal for the gap of a transaction marker', () => {
    const reading = new Reading(new Set([TOPIC]));
    look(reading, 0, upTo(0, 2));
    look(reading, 0, [...upTo(0, 2), record(3)]);
    expect(reading.removed).toEqual({ records: 0, until: -1 });
  });

  it('begins again with a recreated topic, shorter or longer', () => {
    for (const length of [2, 9]) {
      const reading = new Reading(new Set([TOPIC]));
      look(reading, 0, upTo(0, 5));
      expect(look(reading, 0, upTo(0, length, 500))).toEqual(offsets(0, length));
      expect(reading.removed.until).toBe(500 + SKEW_MS);
    }
  });
});
