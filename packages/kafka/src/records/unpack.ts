import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import kafkajs from 'kafkajs';

const GZIP = 1;
const NAMES = ['no codec', 'GZIP', 'Snappy', 'LZ4', 'ZSTD'];
/** Far above the maximum of a broker for one batch; larger output is an attack on our memory. */
const MOST_BYTES = 64 * 1_048_576;

/** Other code of the process may have registered codecs. */
const codecs: Readonly<Record<number, () => { decompress(packed: Buffer): Promise<Buffer> }>> =
  kafkajs.CompressionCodecs;

const unzip = promisify(gunzip);

/**
 * Decompresses the records of a batch. Supports GZIP, and the codecs that the process has registered in kafkajs. Rejects
 * otherwise.
 */
export async function unpack(codec: number, packed: Buffer, maxOutputLength = MOST_BYTES): Promise<Buffer> {
  if (codec === GZIP) return unzip(packed, { maxOutputLength });
  const name = NAMES[codec] ?? `codec ${codec}`;
  try {
    return await codecs[codec]!().decompress(packed);
  } catch (cause) {
    throw new RangeError(`is packed with ${name}, which could not be unpacked`, { cause });
  }
}
