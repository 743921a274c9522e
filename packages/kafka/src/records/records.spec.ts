/// <reference path="../kafkajs-inside.d.ts" />
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { KafkaMessage } from 'kafkajs';
import Decoder from 'kafkajs/src/protocol/decoder.js';
import theirCrc32c from 'kafkajs/src/protocol/recordBatch/crc32C/index.js';
import decodeMessages from 'kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js';
import theirProduce from 'kafkajs/src/protocol/requests/produce/v7/request.js';
import { crc32c } from './batch-frame.js';
import { ByteReader, ByteWriter } from './bytes.js';
import { readBatches } from './fetch-response.js';
import type { FetchedRecord } from './fetched-record.js';
import { incoming } from './fetched-record.js';
import { TextMessage, writeProduce } from './produce.js';
import { HeaderName, HeaderNames, readHeaders } from './read-headers.js';

const NOW = Date.parse('2026-11-21T12:00:00Z');

/** Lengths around every growth of a varint, with one and with several bytes per character. */
const MESSAGES = ['', 'x', 'é', '日本', '👋', '\u0000'].flatMap((text) =>
  [0, 1, 31, 32, 63, 64, 127, 4_000, 8_191, 9_000, 600_000].map(
    (times) =>
      new TextMessage(`key-${text}`, text.repeat(times), {
        name: text,
        [text.repeat(40)]: text.repeat(70),
        last: 'z',
      }),
  ),
);
MESSAGES.push(new TextMessage('bare', '{}', {}));

const optionsOf = (messages: readonly object[]) => ({
  acks: -1,
  timeout: 30_000,
  producerId: '9007199254740993',
  producerEpoch: 3,
  topicData: [
    { topic: 'täglich', partitions: [{ partition: 5, firstSequence: 41, messages: messages as TextMessage[] }] },
  ],
});

/** Extracts the stored batch from a request, as a broker would return it, with its size before it. */
function batchOf(messages: readonly object[]): Buffer {
  const { bytes, at } = writeProduce(optionsOf(messages), NOW);
  return bytes.subarray(2 + 2 + 4 + 4 + 2 + Buffer.byteLength('täglich') + 4 + 4, at);
}

const REQUESTED = { topic: 't', partition: 5, offset: '0' };
const read = async (bytes: Buffer) => (await readBatches(REQUESTED, bytes)) as FetchedRecord[];

/** Changed bytes of a batch, with a valid checksum. */
function sealed(batch: Buffer): Buffer {
  batch.writeUInt32BE(crc32c(batch, 21, batch.length), 17);
  return batch;
}

const plainly = (message: KafkaMessage) => {
  const { key, value, headers, offset, timestamp } = incoming('t', 5, message);
  return { key, value, headers, offset, timestamp };
};

describe('the checksum of a batch', () => {
  it('is CRC-32C', () => {
    expect(crc32c(Buffer.from('x123456789x'), 1, 10)).toBe(0xe3069283);
    for (let length = 0; length < 70; length++) {
      const bytes = randomBytes(length);
      expect(crc32c(bytes, 0, length)).toBe(theirCrc32c(bytes));
    }
  });
});

describe('a batch that we write', () => {
  it('has the bytes that kafkajs writes, record by record', async () => {
    const now = Date.now;
    Date.now = () => NOW;
    try {
      for (const message of MESSAGES) {
        const theirs = (await theirProduce(optionsOf([{ ...message }])).encode()).buffer;
        const ours = writeProduce(optionsOf([message]), NOW);
        expect(ours.bytes.subarray(0, ours.at).equals(theirs)).toBe(true);
      }
    } finally {
      Date.now = now;
    }
  });

  it('is read by kafkajs as it was written', async () => {
    const messages = await decodeMessages(new Decoder(batchOf(MESSAGES)));
    expect(messages.map(plainly)).toEqual(
      MESSAGES.map(({ key, value, headers }, at) => ({
        key,
        value,
        headers,
        offset: String(at),
        timestamp: String(NOW),
      })),
    );
  });
});

describe('a text that is written in one call', () => {
  it.each(['', 'x', 'xyz', 'é', 'xyé', '日', 'x日', '👋', 'xx👋', 'éé'])(
    'is %j if it is ASCII, for any free room',
    (text) => {
      for (let room = 0; room < 12; room++) {
        const to = new ByteWriter(room);
        const isAscii = Buffer.byteLength(text) === text.length;
        expect(to.ascii(text)).toBe(isAscii);
        expect(to.bytes.toString('utf8', 0, to.at)).toBe(isAscii ? text : '');
        to.varintText(text);
        expect(to.bytes.toString('utf8', to.at - Buffer.byteLength(text), to.at)).toBe(text);
      }
    },
  );
});

describe('batches that we read', () => {
  const bytes = batchOf(MESSAGES).subarray(4);

  it('have the content that kafkajs reads', async () => {
    const theirs = await decodeMessages(new Decoder(batchOf(MESSAGES)));
    expect((await read(bytes)).map((record) => record.toJSON())).toEqual(
      theirs.map((message) => ({ topic: 't', partition: 5, ...plainly(message) })),
    );
  });

  it('return one header alone as they return all', async () => {
    const [records, again] = [await read(bytes), await read(bytes)];
    for (const [at, record] of records.entries()) {
      const { headers } = again[at]!;
      for (const name of [...Object.keys(headers), 'names', 'lasu', 'nowhere']) {
        expect(record.header(new HeaderName(name))).toBe(headers[name]);
      }
    }
  });

  it('return some headers alone as they return all, for any headers of other records', async () => {
    const wanted = ['last', 'nowhere', 'name', 'é'.repeat(40)];
    const names = new HeaderNames(...wanted);
    for (const record of await read(bytes)) {
      expect(record.pick(names)).toEqual(wanted.map((name) => record.headers[name]));
    }
  });

  it('return the first value of a repeated header, and never mistake a broken character for another', () => {
    const names = new HeaderNames('name');
    const headersRead = (headers: readonly (readonly [string, Buffer | null])[]) => {
      const parts = headers.map(([name, value]) =>
        Buffer.concat([
          Buffer.from([name.length << 1]),
          Buffer.from(name),
          value ? Buffer.concat([Buffer.from([value.length << 1]), value]) : Buffer.from([1]),
        ]),
      );
      const whole = Buffer.concat([Buffer.from([headers.length << 1]), ...parts]);
      const values = names.pick(new ByteReader(whole), whole.length);
      expect(values[0]).toBe(readHeaders(new ByteReader(whole), whole.length).name);
      return values[0];
    };
    expect(headersRead([['name', Buffer.from('é')]])).toBe('é');
    expect(headersRead([['name', Buffer.from([0xe9])]])).toBe('\uFFFD');
    expect(
      headersRead([
        ['name', null],
        ['other', Buffer.from('x')],
        ['name', Buffer.from('1')],
        ['name', Buffer.from('2')],
      ]),
    ).toBe('1');
    expect(
      headersRead([
        ['name', Buffer.from('1')],
        ['name', Buffer.from('22')],
        ['z', Buffer.from('last')],
      ]),
    ).toBe('1');
    expect(headersRead([['name', null]])).toBeUndefined();
    expect(headersRead([['name', Buffer.from('')]])).toBe('');
    expect(headersRead([])).toBeUndefined();
  });

  it('follow each other, and the last may be cut off anywhere', async () => {
    const second = batchOf(MESSAGES.slice(3, 5)).subarray(4);
    second.writeBigInt64BE(3n);
    const three = Buffer.concat([batchOf(MESSAGES.slice(0, 3)).subarray(4), second]);
    const first = three.length - second.length;
    expect(await read(three)).toHaveLength(5);
    for (let length = first; length < three.length; length++) {
      expect(await read(three.subarray(0, length))).toHaveLength(3);
    }
    await expect(read(three.subarray(0, first - 1))).rejects.toThrow('Batch t/5@0 is cut off after');
  });

  it('have the time of the broker if the broker stamps them', async () => {
    const stamped = Buffer.from(bytes);
    stamped.writeInt16BE(0x08, 21);
    stamped.writeBigInt64BE(77n, 35);
    expect((await read(sealed(stamped)))[0]!.timestamp).toBe('77');
  });
});
