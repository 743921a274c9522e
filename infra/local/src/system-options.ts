import type { OptionalServiceName, ServiceName } from '@quadrille/contracts';
import type { LocalKafka } from './kafka.js';
import type { LocalPostgres } from './postgres.js';

/** The options of the whole system. */
export interface SystemOptions {
  /** Persistent data: databases, topics, the provider's journal. */
  readonly dataDir: string;
  /** `usual`: the documented ports, with the overrides of `ORDER_PORT` and so on. `free`: any free ones, next to another system. */
  readonly ports: 'usual' | 'free';
  /** Servers started elsewhere, for example in containers; they are stopped with the system. */
  readonly servers?: { readonly postgres: LocalPostgres; readonly kafka: LocalKafka };
  /** Kafka with TLS, a user per service and minimal rights; PostgreSQL with TLS. Needs a JVM. */
  readonly secure?: boolean;
  /** Requires sign-in, with the identity provider for demonstrations. */
  readonly signIn?: boolean;
  /** Environment variables for all services, and for single ones. */
  readonly env?: Readonly<Record<string, string>>;
  readonly envOf?: Partial<Record<ServiceName, Readonly<Record<string, string>>>>;
  /** The command of a service, if it does not run from its build. */
  readonly commandOf?: Partial<Record<ServiceName, { readonly command: string; readonly args: string[] }>>;
  /** Whether the storefront's stage may stop and start services. */
  readonly supervised?: boolean;
  /** The limit for each service to be ready; default 60 s. */
  readonly readyWithinMs?: number;
  /** Called with progress lines. */
  readonly onProgress?: (line: string) => void;
  /** Called with every line of a service. */
  readonly onLine?: (service: ServiceName | OptionalServiceName, line: string) => void;
}
