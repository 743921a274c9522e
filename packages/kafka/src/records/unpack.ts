import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import kafkajs from 'kafkajs';

const GZIP = 1;
const NAMES = ['no codec', 'GZIP', 'Snappy', 'LZ4', 'ZSTD'];
/** Far more than a broker takes in one batch; what unpacks to more than that was made to fill our memory. */
const MOST_BYTES = 64 * 1_048_576;

/** Others of the process may have put theirs in. */
const codecs: Readonly<Record<number, () => { decompress(packed: Buffer): Promise<Buffer> }>> =
  kafkajs.CompressionCodecs;

const unzip = promisify(gunzip);

/** The records of a packed batch. Of codecs we have GZIP, and those the process gave to kafkajs. Rejects otherwise. */
export async function unpack(codec: number, packed: Buffer, maxOutputLength = MOST_BYTES): Promise<Buffer> {
  if (codec === GZIP) return unzip(packed, { maxOutputLength });
  const name = NAMES[codec] ?? `codec ${codec}`;
  try {
    return await codecs[codec]!().decompress(packed);
  } catch (cause) {
    throw new RangeError(`is packed with ${name}, which could not be unpacked`, { cause });
  }
}
