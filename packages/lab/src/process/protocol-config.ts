import { readFileSync } from 'node:fs';
import type { Protocol } from '../protocol.js';
import { type ProtocolOptions, protocolOf } from '../protocols/all.js';
import type { Reply } from './http.js';

/** The protocol of all processes of a run. */
export interface ProtocolConfig {
  readonly protocol: string;
  readonly options: ProtocolOptions;
}

/** Reads the protocol from a file: at the start, after a crash, and when a request to `/protocol` announces another one. */
export function configuredProtocol(file: string): { readonly protocol: Protocol; read(): Reply } {
  const current = () => {
    const { protocol, options } = JSON.parse(readFileSync(file, 'utf8')) as ProtocolConfig;
    return protocolOf(protocol, options);
  };
  let protocol = current();
  return {
    get protocol() {
      return protocol;
    },
    read() {
      protocol = current();
      return { status: 200, body: { protocol: protocol.name } };
    },
  };
}
