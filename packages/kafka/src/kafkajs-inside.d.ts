// The parts of kafkajs 2.2.4 that we use beside its public interface. The version is pinned.

declare module 'kafkajs/src/protocol/requests/index.js' {
  interface Request {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    readonly expectResponse?: () => boolean;
    encode(): Promise<{ readonly buf: Buffer; readonly buffer: Buffer; size(): number }>;
  }
  interface Response {
    decode(bytes: Buffer): Promise<unknown>;
    parse(decoded: never): Promise<unknown>;
  }
  export type Protocol = (of: { version: number }) => (options: never) => { request: Request; response: Response };
  export interface Definition {
    readonly versions: readonly string[];
    readonly protocol: Protocol;
  }
  const module: { requests: { Produce: Definition; Fetch: Definition; Metadata: Definition } };
  export default module;
}

declare module 'kafkajs/src/protocol/messageSet/decoder.js' {
  import type { KafkaMessage } from 'kafkajs';
  export default function decodeMessages(decoder: object, bytes: number): Promise<KafkaMessage[]>;
}

declare module 'kafkajs/src/protocol/error.js' {
  const module: { createErrorFromCode(code: number): Error & { readonly type: string } };
  export default module;
}

declare module 'kafkajs/src/protocol/decoder.js' {
  export default class Decoder {
    constructor(bytes: Buffer);
  }
}

// For comparisons with kafkajs in specs:

declare module 'kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js' {
  import type { KafkaMessage } from 'kafkajs';
  export default function decodeMessages(decoder: object): Promise<KafkaMessage[]>;
}

declare module 'kafkajs/src/protocol/recordBatch/crc32C/index.js' {
  export default function crc32c(bytes: Buffer): number;
}

declare module 'kafkajs/src/protocol/requests/produce/v7/request.js' {
  export default function produce(options: object): { encode(): Promise<{ readonly buffer: Buffer }> };
}

declare module 'kafkajs/src/protocol/requests/fetch/v11/request.js' {
  export default function fetch(options: object): { encode(): Promise<{ readonly buffer: Buffer }> };
}
