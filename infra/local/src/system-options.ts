import type { ServiceName } from '@quadrille/contracts';
import type { LocalKafka } from './kafka.js';
import type { LocalPostgres } from './postgres.js';

/** How to start the whole system. */
export interface SystemOptions {
  /** Kept over restarts: databases, topics, the provider's journal. */
  readonly dataDir: string;
  /** `usual`: the documented ports, or what `ORDER_PORT` and the like say. `free`: any, to run beside another system. */
  readonly ports: 'usual' | 'free';
  /** Where the servers are started by somebody else, in containers say; they are stopped with the system. */
  readonly servers?: { readonly postgres: LocalPostgres; readonly kafka: LocalKafka };
  /** Kafka with TLS, a user for each service and the least rights, PostgreSQL with TLS. Needs a JVM. */
  readonly secure?: boolean;
  /** Environment for every service, and for single ones. */
  readonly env?: Readonly<Record<string, string>>;
  readonly envOf?: Partial<Record<ServiceName, Readonly<Record<string, string>>>>;
  /** How a service is run, where not from its build. */
  readonly commandOf?: Partial<Record<ServiceName, { readonly command: string; readonly args: string[] }>>;
  /** The storefront's stage may stop services and start them again. */
  readonly supervised?: boolean;
  /** How long each service may take to be ready; default 60 s. */
  readonly readyWithinMs?: number;
  /** Told what is going on during long work. */
  readonly onProgress?: (line: string) => void;
  /** Told every line a service writes. */
  readonly onLine?: (service: ServiceName, line: string) => void;
}
