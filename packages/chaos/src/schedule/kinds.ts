import { PUBLISHERS, SAGA_SERVICES, type SagaService, SERVICES } from '@quadrille/contracts';
import { CRASH_POINTS } from '@quadrille/crash-points';
import { PRODUCTS, SOLD_OUT } from '@quadrille/load';

/** The services that run in two instances. */
export const DOUBLED: readonly SagaService[] = SAGA_SERVICES;

const INSTANCES: readonly string[] = SERVICES.flatMap((name) =>
  (DOUBLED as readonly string[]).includes(name) ? [`${name}-1`, `${name}-2`] : [`${name}-1`],
);
const CONSUMING_INSTANCES = DOUBLED.flatMap((name) => [`${name}-1`, `${name}-2`]);

/** Only the order service receives commands and deadlines; redrives need a parked message. */
const POINTS = Object.keys(CRASH_POINTS).filter((point) => !/^(command|clock|redrive)\./.test(point));

const SKUS = PRODUCTS.map(({ sku }) => sku).filter((sku) => sku !== SOLD_OUT);
/** Outbox rows in a format that no version writes. */
const UNREADABLE = ['', '\n', 'null', '{}', '\n[["quadrille.order.created","k"]]'];

/** The auditor is an instance too, and also a target of faults. */
export const AUDITOR = 'auditor-1';

/** A kind of fault: its possible targets and durations. */
export interface KindOfFault {
  readonly targets: readonly string[];
  /** Minimum and maximum duration in seconds. */
  readonly lasts: readonly [number, number];
  /** Parameters: a crash point, milliseconds, bytes per second. */
  readonly details?: readonly (string | number)[];
  /** The description; `%` is replaced by the detail. */
  readonly label: string;
  /** The fault affects one record, row or topic only: unrelated work continues. */
  readonly narrow?: true;
}

/** All kinds of faults. The targets of database faults are services, because each has its own database and proxy. */
export const KINDS = {
  kill: { targets: INSTANCES, lasts: [1, 5], label: 'killed (SIGKILL)' },
  'kill-both': { targets: DOUBLED, lasts: [1, 5], label: 'both instances killed (SIGKILL)' },
  'kill-in-batch': { targets: CONSUMING_INSTANCES, lasts: [3, 6], details: POINTS, label: 'killed at %' },
  freeze: { targets: INSTANCES, lasts: [2, 10], label: 'frozen (SIGSTOP)' },
  'auditor-kill': { targets: [AUDITOR], lasts: [1, 5], label: 'killed (SIGKILL)' },
  'auditor-freeze': { targets: [AUDITOR], lasts: [5, 15], label: 'frozen (SIGSTOP)' },
  'broker-kill': { targets: ['kafka'], lasts: [1, 4], label: 'killed (SIGKILL)' },
  'broker-restart': { targets: ['kafka'], lasts: [1, 3], label: 'restarted' },
  'database-kill': { targets: ['postgres'], lasts: [1, 4], label: 'killed (SIGKILL)' },
  'database-restart': { targets: ['postgres'], lasts: [1, 3], label: 'restarted' },
  'terminate-backends': { targets: DOUBLED, lasts: [1, 4], label: 'database backends terminated repeatedly' },
  'database-latency': {
    targets: DOUBLED,
    lasts: [3, 8],
    details: [20, 100, 300],
    label: '% ms latency to its database',
  },
  'database-reset': { targets: DOUBLED, lasts: [1, 3], label: 'database connections reset repeatedly' },
  'database-half-open': { targets: DOUBLED, lasts: [1, 2], label: 'database connections half-open' },
  'database-black-hole': { targets: DOUBLED, lasts: [2, 8], label: 'black hole to its database' },
  'broker-latency': { targets: ['kafka'], lasts: [3, 8], details: [20, 100, 300], label: '% ms latency' },
  'broker-reset': { targets: ['kafka'], lasts: [1, 3], label: 'connections reset repeatedly' },
  'broker-half-open': { targets: ['kafka'], lasts: [1, 2], label: 'connections half-open' },
  'broker-black-hole': { targets: ['kafka'], lasts: [2, 8], label: 'black hole' },
  'broker-narrow': { targets: ['kafka'], lasts: [3, 8], details: [20_000, 100_000], label: '% bytes per second' },
  'outbox-full': { targets: PUBLISHERS, lasts: [1, 5], label: 'no disk space for its outbox (53100)' },
  'outbox-refuses': { targets: PUBLISHERS, lasts: [1, 3], label: 'its outbox violates a constraint (23514)' },
  'commit-in-doubt': { targets: DOUBLED, lasts: [1, 4], label: 'connections cut after each commit' },
  'read-only': { targets: DOUBLED, lasts: [2, 6], label: 'its database read-only (25006)' },
  'table-gone': { targets: PUBLISHERS, lasts: [4, 8], details: ['states', 'inbox'], label: 'table renamed: %' },
  garbage: { targets: ['topics'], lasts: [1, 1], label: 'garbage published', narrow: true },
  'unreadable-record': { targets: ['topics'], lasts: [1, 1], label: 'foreign records published', narrow: true },
  'unreadable-outbox-row': {
    ...{ targets: PUBLISHERS, lasts: [1, 1], details: UNREADABLE },
    ...{ label: 'unreadable rows in its outbox', narrow: true },
  },
  'row-held': {
    ...{ targets: ['inventory'], lasts: [17, 19], details: SKUS },
    ...{ label: 'row of % locked by a foreign session', narrow: true },
  },
  'topic-gone': { targets: PUBLISHERS, lasts: [8, 12], label: 'dead-letter topic deleted', narrow: true },
  retention: { targets: ['topics'], lasts: [1, 1], label: 'consumed records deleted by retention', narrow: true },
  'provider-down': { targets: ['payment-provider-1'], lasts: [2, 8], label: 'killed (SIGKILL)' },
  'provider-slow': { targets: ['provider'], lasts: [3, 8], details: [300, 2_000], label: '% ms latency' },
} as const satisfies Record<string, KindOfFault>;

export type KindName = keyof typeof KINDS;
export const kindOf = (name: KindName): KindOfFault => KINDS[name];
export const isNarrow = (name: KindName): boolean => kindOf(name).narrow === true;
