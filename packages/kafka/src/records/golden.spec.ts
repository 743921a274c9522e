import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { readFetch } from './fetch-response.js';
import { type FetchedRecord, Marker } from './fetched-record.js';

/** A broker's responses to fetches of records from other clients: created by spec/golden/record.mjs. */
const ANSWERS: Record<string, string> = JSON.parse(
  readFileSync(fileURLToPath(new URL('../spec/golden/answers.json', import.meta.url)), 'utf8'),
);
const BINARY = '\0\0\0\0*\u0006\ufffd\ufffd\ufffd\ufffd';
const SENT = [
  {
    offset: '0',
    timestamp: '1763700000000',
    key: 'key',
    value: 'größer 🥖'.repeat(20),
    headers: { baggage: 'a=1', empty: '', binary: BINARY, z: 'last' },
    raw: expect.any(String),
  },
  { offset: '1', timestamp: '1763700000007', key: null, value: BINARY, headers: {}, raw: expect.any(String) },
  { offset: '2', timestamp: '1763699999999', key: 'gone', value: null, headers: {} },
];

async function partitionOf(topic: string) {
  const { responses } = await readFetch(Buffer.from(ANSWERS[topic]!, 'base64'), () => '0');
  return responses[0]!.partitions[0]!;
}
const recordsOf = async (topic: string) =>
  (await partitionOf(topic)).messages
    .filter((message): message is FetchedRecord => !(message instanceof Marker))
    .map((record) => record.toJSON());

describe.each(['java', 'librdkafka'])('a batch from a producer of %s', (client) => {
  it.each(['none', 'gzip'])('is read as it was sent, with codec %s', async (codec) => {
    const topic = `${client}-${codec}`;
    expect(await recordsOf(topic)).toEqual(SENT.map((record) => ({ topic, partition: 0, ...record })));
  });

  it.each([
    ['snappy', 'Snappy'],
    ['lz4', 'LZ4'],
    ['zstd', 'ZSTD'],
  ])('is refused by the name of its codec, %s', async (codec, name) => {
    const { messages, unreadable } = await partitionOf(`${client}-${codec}`);
    expect(messages).toEqual([]);
    expect(unreadable!.message).toBe(
      `Batch ${client}-${codec}/0@0 is packed with ${name}, which could not be unpacked.`,
    );
  });
});

describe('transactions of a producer of Java', () => {
  it('are consumed if they were committed', async () => {
    const records = await recordsOf('java-transactions');
    expect(records.map(({ offset, value }) => ({ offset, value }))).toEqual([
      { offset: '0', value: 'kept' },
      { offset: '4', value: 'kept' },
    ]);
    const { messages, highWatermark } = await partitionOf('java-transactions');
    expect(messages.map(({ offset }) => offset)).toEqual(['0', '1', '2', '3', '4', '5']);
    expect(highWatermark).toBe('6');
  });
});
