/// <reference path="../kafkajs-inside.d.ts" />
import protocol from 'kafkajs/src/protocol/requests/index.js';
import { PlainMessage } from './plain-message.js';
import { readFetch } from './read-fetch.js';
import { type ProduceOptions, writeProduce } from './write-produce.js';

const UNCOMPRESSED = 0;
/** kafkajs' newest version of each request, which every broker since 2.3 knows. */
const PRODUCE_VERSION = 7;
const FETCH_VERSION = 11;

/** Lets kafkajs write and read record batches our way; everything else of the protocol stays its own. Once a process. */
export function teachKafkajs(): void {
  const { requests } = protocol;
  requests.Produce = { ...requests.Produce, protocol: producing(requests.Produce.protocol) };
  requests.Fetch = { ...requests.Fetch, protocol: fetching(requests.Fetch.protocol) };
}

type Protocol = typeof protocol.requests.Fetch.protocol;

const producing =
  (theirs: Protocol): Protocol =>
  (of) =>
  (options) => {
    const { request, response } = theirs(of)(options);
    if (of.version !== PRODUCE_VERSION || !isPlain(options)) return { request, response };
    return { request: { ...request, encode: async () => asEncoder(options) }, response };
  };

const isPlain = ({ transactionalId, compression = UNCOMPRESSED, topicData }: ProduceOptions): boolean =>
  !transactionalId &&
  compression === UNCOMPRESSED &&
  topicData.every(({ partitions }) => partitions.every(({ messages }) => messages[0] instanceof PlainMessage));

function asEncoder(options: ProduceOptions) {
  const { bytes, at } = writeProduce(options);
  return { buf: bytes, buffer: bytes.subarray(0, at), size: () => at };
}

const fetching =
  (theirs: Protocol): Protocol =>
  (of) =>
  (options) => {
    const asked = theirs(of)(options);
    if (of.version !== FETCH_VERSION) return asked;
    return { ...asked, response: { ...asked.response, decode: readFetch } };
  };
