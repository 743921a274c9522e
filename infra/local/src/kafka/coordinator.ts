import { connect } from 'node:net';
import { addressOf } from '@quadrille/kafka/addresses';
import { OFFSETS_PARTITIONS } from './settings.js';

// The part of Kafka's protocol for two requests: https://kafka.apache.org/protocol
const FIND_COORDINATOR = 10;
const DESCRIBE_GROUPS = 15;
const ANSWERS_WITHIN_MS = 2_000;
/** Last letters of group names; the hashes of the names, and so their coordinators, are consecutive. */
const LETTERS = Array.from({ length: OFFSETS_PARTITIONS }, (_, index) => String.fromCharCode(97 + index));
/** One group per coordinator. */
export const GROUPS = LETTERS.map((letter) => `quadrille.warm-up.${letter}`);

/** Whether a broker at `host:port` has a group coordinator. The request makes Kafka create `__consumer_offsets`. */
export async function knowsCoordinator(broker: string): Promise<boolean> {
  const answer = await send(broker, FIND_COORDINATOR, text(GROUPS[0] as string));
  return answer?.readInt16BE(0) === 0;
}

/**
 * Whether the only broker of a cluster has loaded all its coordinators. Before that, a first consumer fails with
 * "coordinator is loading", and a first commit with "coordinator is not available".
 */
export async function hasLoadedCoordinators(broker: string): Promise<boolean> {
  if (!(await knowsCoordinator(broker))) return false;
  const answer = await send(broker, DESCRIBE_GROUPS, Buffer.concat([int32(GROUPS.length), ...GROUPS.map(text)]));
  return answer !== undefined && errorCodes(answer).every((code) => code === 0);
}

/** DescribeGroups v0: per group an error code, four strings (name, state, protocol type and data) and its members. */
function errorCodes(answer: Buffer): number[] {
  let at = 4;
  return GROUPS.map(() => {
    const code = answer.readInt16BE(at);
    at += 2;
    for (let strings = 0; strings < 4; strings += 1) at += 2 + answer.readInt16BE(at);
    at += 4; // these groups have no members
    return code;
  });
}

/** Sends version 0 of a request and returns the body of the response; undefined after a timeout. */
function send(broker: string, api: number, body: Buffer): Promise<Buffer | undefined> {
  const { host, port } = addressOf(broker)!;
  const request = Buffer.concat([int16(api), int16(0), int32(0), text('quadrille'), body]);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect({ host, port }, () => socket.write(Buffer.concat([int32(request.length), request])));
    socket.setTimeout(ANSWERS_WITHIN_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(undefined));
    socket.on('data', (chunk) => {
      const all = Buffer.concat([...chunks.splice(0), chunk]);
      chunks.push(all);
      if (all.length < 4 || all.length < 4 + all.readInt32BE(0)) return;
      resolve(all.subarray(8));
      socket.destroy();
    });
  });
}

const int16 = (value: number): Buffer => {
  const buffer = Buffer.alloc(2);
  buffer.writeInt16BE(value);
  return buffer;
};

const int32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value);
  return buffer;
};

const text = (value: string): Buffer => Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);
