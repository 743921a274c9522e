/// <reference path="../kafkajs-inside.d.ts" />
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { UnreadableMessage } from '@quadrille/choreography';
import { fuzzRuns } from '@quadrille/testing/fuzz';
import * as fc from 'fast-check';
import type { KafkaMessage } from 'kafkajs';
import Decoder from 'kafkajs/src/protocol/decoder.js';
import decodeMessages from 'kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js';
import { ceTypeOf, decodeCloudEvent } from '../cloud-event.js';
import { batchOf, lastOffsetOf, messageOf, type WireBatch, type WireRecord } from '../spec/wire.js';
import { crc32c } from './batch-frame.js';
import { type Message, readBatches } from './fetch-response.js';
import { type FetchedRecord, incoming, Marker } from './fetched-record.js';
import { unpack } from './unpack.js';
import { UnreadableBatch } from './unreadable-batch.js';

const REQUESTED = { topic: 't', partition: 5, offset: '0' };
const NOW = 1_763_700_000_000;
/** Limit of CPU time per try: no input may block the reader. A try usually takes a fraction of a millisecond. */
const A_TRY_TAKES_US = 1_000_000;

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => new TextEncoder().encode(text)),
);
const nullable = fc.option(bytes, { nil: null });
/** Few, so that they repeat; kafkajs loses headers with names of `Object.prototype`. */
const name = fc.oneof(fc.constantFrom('ce_type', 'traceparent', 'z', '', 'größe'), fc.string({ maxLength: 8 }));
const record: fc.Arbitrary<WireRecord> = fc.record({
  key: nullable,
  value: nullable,
  headers: fc.array(
    fc.tuple(
      name.filter((one) => !(one in {})),
      nullable,
    ),
    { maxLength: 6 },
  ),
  timeDelta: fc.integer({ min: -100, max: 10_000_000 }),
  gap: fc.constantFrom(0, 0, 0, 1, 200),
});
const batch = fc.record({
  records: fc.array(record, { maxLength: 5 }),
  codec: fc.constantFrom(0 as const, 0 as const, 1 as const),
  stampedByBroker: fc.boolean(),
  inTransaction: fc.boolean(),
  producerId: fc.integer({ min: -1, max: 3 }),
  gap: fc.constantFrom(0, 0, 3),
  ends: fc.option(fc.constantFrom('commit' as const, 'abort' as const), { nil: undefined, freq: 5 }),
});
/** Batches of one partition, in sequence. */
const batches = fc
  .tuple(fc.array(batch, { minLength: 1, maxLength: 4 }), fc.constantFrom(0, 7, 4_294_967_290))
  .map(([them, first]) => {
    let offset = first;
    return them.map((one): WireBatch => {
      const placed = { ...one, offset, time: NOW };
      offset = lastOffsetOf(placed) + 1;
      return placed;
    });
  });

const whole = (them: readonly WireBatch[]) => Buffer.concat(them.map(batchOf));
const withSize = (of: Buffer) => {
  const size = Buffer.alloc(4);
  size.writeInt32BE(of.length);
  return Buffer.concat([size, of]);
};
const recordsIn = (messages: readonly Message[]) =>
  messages.filter((one) => !(one instanceof Marker)) as FetchedRecord[];
const read = async (of: Buffer) => recordsIn(await readBatches(REQUESTED, of));

/** The result of kafkajs' own decoder in our format: bytes as UTF-8, of a repeated header the first with a value. */
function theirs({ key, value, offset, timestamp, headers = {} }: KafkaMessage) {
  const expected = Object.entries(headers).flatMap(([header, values]) => {
    const first = [values].flat().find((one) => one !== null && one !== undefined);
    return first === undefined ? [] : [[header, String(first)]];
  });
  const texts = { key: key?.toString() ?? null, value: value?.toString() ?? null };
  return { topic: 't', partition: 5, offset, timestamp, ...texts, headers: Object.fromEntries(expected) };
}
const ours = (one: FetchedRecord) => {
  const { raw: _, ...texts } = JSON.parse(JSON.stringify(incoming('t', 5, one)));
  return texts;
};

async function bounded<T>(work: () => Promise<T>): Promise<T> {
  const began = process.cpuUsage();
  try {
    return await work();
  } finally {
    expect(process.cpuUsage(began).user).toBeLessThan(A_TRY_TAKES_US);
  }
}

describe('any batches that a producer may write and a broker may hold', () => {
  it("have the content that kafkajs' own decoder reads, and leave no offset to wait for", async () => {
    await fc.assert(
      fc.asyncProperty(batches, async (them) => {
        const of = whole(them);
        const messages = await readBatches(REQUESTED, of);
        const decoded = await decodeMessages(new Decoder(withSize(of)));
        expect(recordsIn(messages).map(ours)).toEqual(
          decoded.filter((one) => !(one as { isControlRecord?: boolean }).isControlRecord).map(theirs),
        );
        expect(messages.at(-1)!.offset).toBe(String(lastOffsetOf(them.at(-1)!)));
      }),
      { numRuns: fuzzRuns(60) },
    );
  });

  it('return the same content if its parts are read in any order', async () => {
    await fc.assert(
      fc.asyncProperty(batches, async (them) => {
        const [parts, again] = [await read(whole(them)), await read(whole(them))];
        parts.forEach((one, at) => {
          expect(ceTypeOf(one)).toBe(again[at]!.headers.ce_type);
          expect(one.value).toBe(again[at]!.value);
          expect(one.key).toBe(again[at]!.key);
        });
      }),
      { numRuns: fuzzRuns(25) },
    );
  });

  it('may be truncated anywhere, and then return their complete beginning, or an error if nothing is complete', async () => {
    await fc.assert(
      fc.asyncProperty(batches, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (them, part) => {
        const of = whole(them);
        const all = (await read(of)).map(ours);
        const cut = of.subarray(0, Math.ceil(part * of.length));
        const some = await read(cut).catch((error) => error);
        if (some instanceof UnreadableBatch) expect(cut.length).toBeLessThan(batchOf(them[0]!).length);
        else expect(some.map(ours)).toEqual(all.slice(0, some.length));
      }),
      { numRuns: fuzzRuns(25) },
    );
  });
});

describe('messages of the formats before 2017', () => {
  const message = fc.record({ format: fc.constantFrom(0 as const, 1 as const), key: nullable, value: nullable });
  const set = (them: readonly { format: 0 | 1; key: Uint8Array | null; value: Uint8Array | null }[]) =>
    Buffer.concat(them.map(({ format, key, value }, at) => messageOf(format, at, NOW, key, value)));

  it("have the content that kafkajs' own decoder reads", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 5 }), async (them) => {
        const of = set(them);
        const decoded = await decodeMessages(new Decoder(withSize(of)));
        const read = (await readBatches(REQUESTED, of)) as KafkaMessage[];
        expect(read.map(theirs)).toEqual(decoded.map(theirs));
        expect(read).toHaveLength(them.length);
      }),
      { numRuns: fuzzRuns(25) },
    );
  });

  it('are rejected if they are damaged', async () => {
    const of = set([{ format: 1, key: Buffer.from('key'), value: Buffer.from('value') }]);
    for (let at = 12; at < of.length; at++) {
      const damaged = Buffer.from(of);
      damaged[at]! ^= 0x10;
      await expect(readBatches(REQUESTED, damaged)).rejects.toThrow(UnreadableBatch);
    }
  });
});

describe('a compressed batch', () => {
  it.each([
    [2, 'Snappy'],
    [3, 'LZ4'],
    [4, 'ZSTD'],
  ] as const)('with codec %i is refused by its name: %s', async (codec, name) => {
    const packed = batchOf({ records: [], offset: 7, time: NOW, codec });
    await expect(readBatches(REQUESTED, packed)).rejects.toThrow(
      `Batch t/5@7 is packed with ${name}, which could not be unpacked.`,
    );
  });

  it('that would fill the memory is rejected', async () => {
    const packed = gzipSync(Buffer.alloc(2_000));
    expect(await unpack(1, packed, 2_000)).toHaveLength(2_000);
    await expect(unpack(1, packed, 1_999)).rejects.toThrow('Cannot create a Buffer larger than 1999 bytes');
  });
});

describe('damaged bytes', () => {
  /** The checksum covers a batch except its base offset, which the broker sets, and the leader epoch. */
  const UNGUARDED = [0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15];
  const damage = fc.record({
    how: fc.constantFrom('flip' as const, 'insert' as const, 'cut' as const),
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    bit: fc.integer({ min: 0, max: 7 }),
    run: fc.uint8Array({ minLength: 1, maxLength: 12 }),
  });
  const harm = (of: Buffer, { how, at: part, bit, run }: { how: string; at: number; bit: number; run: Uint8Array }) => {
    const at = Math.floor(part * of.length);
    if (how === 'insert') return Buffer.concat([of.subarray(0, at), run, of.subarray(at)]);
    if (how === 'cut') return Buffer.concat([of.subarray(0, at), of.subarray(at + run.length)]);
    const flipped = Buffer.from(of);
    flipped[at]! ^= 1 << bit;
    return flipped;
  };
  const guarded = (them: readonly WireBatch[], at: number) => {
    let begins = 0;
    for (const length of them.map((one) => batchOf(one).length)) {
      if (at < begins + length) return !UNGUARDED.includes(at - begins);
      begins += length;
    }
    return true;
  };

  it('are our own error or return the written content, in bounded time', async () => {
    await fc.assert(
      fc.asyncProperty(batches, damage, async (them, harmed) => {
        const of = whole(them);
        fc.pre(harmed.how !== 'flip' || guarded(them, Math.floor(harmed.at * of.length)));
        const all = (await read(of)).map(ours).map(({ offset: _, ...expected }) => expected);
        const some = await bounded(() => read(harm(of, harmed))).catch((error) => error);
        if (some instanceof UnreadableBatch) return;
        const expected = some.map(ours).map(({ offset: _, ...one }: { offset: string }) => one);
        expect(expected).toEqual(all.slice(0, expected.length));
      }),
      { numRuns: fuzzRuns(120) },
    );
  });

  it('with a valid checksum cost their records, and never the process or other records', async () => {
    await fc.assert(
      fc.asyncProperty(batch, damage, async (one, harmed) => {
        const first = batchOf({ ...one, offset: 0, time: NOW, codec: 0 as const, ends: undefined });
        const body = harm(first.subarray(61), harmed);
        const forged = Buffer.concat([first.subarray(0, 61), body]);
        forged.writeInt32BE(forged.length - 12, 8);
        forged.writeUInt32BE(crc32c(forged, 21, forged.length), 17);
        const records = await bounded(() => read(forged));
        for (const made of records) {
          expect(JSON.parse(JSON.stringify(made))).toMatchObject({ topic: 't', partition: 5, offset: made.offset });
          expect(() => decodeCloudEvent(made)).toThrow(UnreadableMessage);
        }
      }),
      { numRuns: fuzzRuns(60) },
    );
  });

  it.each([
    ['a negative length', (of: Buffer) => of.writeInt32BE(-12, 8), 'has a length of -12 bytes'],
    ['a length of nothing', (of: Buffer) => of.writeInt32BE(0, 8), 'has a length of 0 bytes'],
    ['a huge length', (of: Buffer) => of.writeInt32BE(0x7fffffff, 8), 'is cut off after'],
    ['a format to come', (of: Buffer) => of.writeInt8(3, 16), 'has the unknown format 3'],
    ['another checksum', (of: Buffer) => of.writeInt32BE(0, 17), 'does not fit its checksum'],
    ['an offset below zero', (of: Buffer) => of.writeBigInt64BE(-5n), 'has offsets from -5 to -5'],
  ])('are reported by name: %s', async (_, harmIt, message) => {
    const of = batchOf({ records: [RECORD], offset: 0, time: NOW });
    harmIt(of);
    const error = await bounded(() => readBatches({ ...REQUESTED, offset: '41' }, of)).catch((caught) => caught);
    expect(error).toBeInstanceOf(UnreadableBatch);
    expect(error.message).toContain(`Batch t/5@41 ${message}`);
  });
});

const RECORD: WireRecord = { key: Buffer.from('k'), value: Buffer.from('v'), headers: [], timeDelta: 0, gap: 0 };

describe('a record', () => {
  const readOne = async (one: Partial<WireRecord>) =>
    (await read(batchOf({ records: [{ ...RECORD, ...one }], offset: 3, time: NOW })))[0]!;

  it('with a repeated header is read behind it: the first value counts', async () => {
    const of = (text: string) => Buffer.from(text);
    const one = await readOne({
      headers: [
        ['traceparent', of('A')],
        ['traceparent', of('BB')],
        ['z', of('q')],
      ],
    });
    expect(one.toJSON()).toEqual({
      topic: 't',
      partition: 5,
      offset: '3',
      key: 'k',
      value: 'v',
      timestamp: String(NOW),
      headers: { traceparent: 'A', z: 'q' },
    });
  });

  it('with headers named like the properties of every object retains them', async () => {
    const names = ['constructor', '__proto__', 'toString'];
    const one = await readOne({ headers: names.map((header) => [header, Buffer.from('x')]) });
    expect(Object.keys(JSON.parse(JSON.stringify(one.headers)))).toEqual(names);
  });

  it('whose texts are no UTF-8 is stored with its bytes', async () => {
    const one = await readOne({ value: Buffer.from([0, 0xff, 0xfe, 7]) });
    const { raw, value } = one.toJSON();
    expect(value).toBe('\0\ufffd\ufffd\u0007');
    expect(Buffer.from(raw!, 'base64').includes(Buffer.from([0, 0xff, 0xfe, 7]))).toBe(true);
  });

  it('that is malformed has a position and its bytes, and the others of its batch are read', async () => {
    const of = batchOf({ records: [RECORD, { ...RECORD, key: Buffer.from('lost') }, RECORD], offset: 7, time: NOW });
    // A key length that exceeds its record.
    of[of.indexOf('lost') - 1] = 0x7e;
    of.writeUInt32BE(crc32c(of, 21, of.length), 17);
    const [before, lost, after] = await read(of);
    expect([before, after].map((one) => one!.toJSON())).toMatchObject([
      { offset: '7', value: 'v' },
      { offset: '9', value: 'v' },
    ]);
    expect(() => ceTypeOf(lost!)).toThrow(UnreadableMessage);
    expect(() => decodeCloudEvent(lost!)).toThrow('Record t/5@8 cannot be read: its headers do not end where it ends.');
    expect(lost).toMatchObject({ key: null, value: null, headers: {} });
    const copied = JSON.parse(JSON.stringify(lost));
    expect(copied).toMatchObject({ topic: 't', partition: 5, offset: '8', key: null, value: null, headers: {} });
    expect(Buffer.from(copied.raw, 'base64').includes('lost')).toBe(true);
  });
});

describe('transactions', () => {
  const expected = (offset: number, producerId: number, inTransaction = true): WireBatch => ({
    records: [{ ...RECORD, value: Buffer.from(`${producerId}@${offset}`) }],
    offset,
    time: NOW,
    inTransaction,
    producerId,
  });
  const end = (offset: number, producerId: number, ends: 'abort' | 'commit'): WireBatch => ({
    ...expected(offset, producerId),
    ends,
  });

  it('that were aborted are not consumed, also if two of them began before the requested offset', async () => {
    const them = [
      expected(10, 1),
      expected(11, 2),
      expected(12, 3, false),
      end(13, 1, 'abort'),
      expected(14, 1),
      end(15, 2, 'abort'),
      end(16, 1, 'commit'),
    ];
    const aborted = [
      { producerId: '2', firstOffset: '4' },
      { producerId: '1', firstOffset: '2' },
    ];
    const messages = await readBatches({ ...REQUESTED, offset: '10' }, whole(them), aborted);
    expect(recordsIn(messages).map(({ value }) => value)).toEqual(['3@12', '1@14']);
    expect(messages.map(({ offset }) => Number(offset))).toEqual([10, 11, 12, 13, 14, 15, 16]);
  });
});
