import { PUBLISHERS, SAGA_SERVICES, type SagaService, SERVICES } from '@quadrille/contracts';
import { CRASH_POINTS } from '@quadrille/crash-points';
import { PRODUCTS, SOLD_OUT } from '@quadrille/load';

/** The services that run in two instances. */
export const DOUBLED: readonly SagaService[] = SAGA_SERVICES;

const INSTANCES: readonly string[] = SERVICES.flatMap((name) =>
  (DOUBLED as readonly string[]).includes(name) ? [`${name}-1`, `${name}-2`] : [`${name}-1`],
);
const CONSUMING_INSTANCES = DOUBLED.flatMap((name) => [`${name}-1`, `${name}-2`]);

/** Commands and clocks come to the order service alone; redrives come only where something is parked. */
const POINTS = Object.keys(CRASH_POINTS).filter((point) => !/^(command|clock|redrive)\./.test(point));

const SKUS = PRODUCTS.map(({ sku }) => sku).filter((sku) => sku !== SOLD_OUT);
/** Rows of an outbox that no version has written. */
const UNREADABLE = ['', '\n', 'null', '{}', '\n[["quadrille.order.v1","k"]]'];

/** Who looks on from outside, and is broken as well. */
export const AUDITOR = 'auditor-1';

/** A kind of fault: what it can hit, and for how long. */
export interface KindOfFault {
  readonly targets: readonly string[];
  /** Seconds, least and most. */
  readonly lasts: readonly [number, number];
  /** What it works with: a crash point, milliseconds, bytes a second. */
  readonly details?: readonly (string | number)[];
  /** For people; `%` is where the detail stands. */
  readonly says: string;
  /** It is of one record, row or topic: what has nothing to do with it goes on as if nothing had been. */
  readonly narrow?: true;
}

/** Everything that can go wrong here. Targets of a database are services, since each has a database and a proxy of its own. */
export const KINDS = {
  kill: { targets: INSTANCES, lasts: [1, 5], says: 'killed (SIGKILL)' },
  'kill-both': { targets: DOUBLED, lasts: [1, 5], says: 'both instances killed (SIGKILL)' },
  'kill-in-batch': { targets: CONSUMING_INSTANCES, lasts: [3, 6], details: POINTS, says: 'dies at %' },
  freeze: { targets: INSTANCES, lasts: [2, 10], says: 'frozen (SIGSTOP)' },
  'auditor-kill': { targets: [AUDITOR], lasts: [1, 5], says: 'killed (SIGKILL)' },
  'auditor-freeze': { targets: [AUDITOR], lasts: [5, 15], says: 'frozen (SIGSTOP)' },
  'broker-kill': { targets: ['kafka'], lasts: [1, 4], says: 'killed (SIGKILL)' },
  'broker-restart': { targets: ['kafka'], lasts: [1, 3], says: 'restarted' },
  'database-kill': { targets: ['postgres'], lasts: [1, 4], says: 'killed (SIGKILL)' },
  'database-restart': { targets: ['postgres'], lasts: [1, 3], says: 'restarted' },
  'terminate-backends': { targets: DOUBLED, lasts: [1, 4], says: 'its backends terminated, again and again' },
  'database-latency': { targets: DOUBLED, lasts: [3, 8], details: [20, 100, 300], says: 'its database % ms away' },
  'database-reset': { targets: DOUBLED, lasts: [1, 3], says: 'connections to its database reset, again and again' },
  'database-half-open': { targets: DOUBLED, lasts: [1, 2], says: 'connections to its database silent for ever' },
  'database-black-hole': { targets: DOUBLED, lasts: [2, 8], says: 'nothing passes to its database' },
  'broker-latency': { targets: ['kafka'], lasts: [3, 8], details: [20, 100, 300], says: '% ms away' },
  'broker-reset': { targets: ['kafka'], lasts: [1, 3], says: 'connections reset, again and again' },
  'broker-half-open': { targets: ['kafka'], lasts: [1, 2], says: 'connections silent for ever' },
  'broker-black-hole': { targets: ['kafka'], lasts: [2, 8], says: 'nothing passes' },
  'broker-narrow': { targets: ['kafka'], lasts: [3, 8], details: [20_000, 100_000], says: '% bytes a second' },
  'outbox-full': { targets: PUBLISHERS, lasts: [1, 5], says: 'no space left for its outbox (53100)' },
  'outbox-refuses': { targets: PUBLISHERS, lasts: [1, 3], says: 'its outbox violates a constraint (23514)' },
  'commit-in-doubt': { targets: DOUBLED, lasts: [1, 4], says: 'connections cut when it commits, again and again' },
  'read-only': { targets: DOUBLED, lasts: [2, 6], says: 'its database takes no writes (25006)' },
  'table-gone': { targets: PUBLISHERS, lasts: [4, 8], details: ['states', 'inbox'], says: 'a table is renamed: %' },
  garbage: { targets: ['topics'], lasts: [1, 1], says: 'garbage on every one', narrow: true },
  'unreadable-record': { targets: ['topics'], lasts: [1, 1], says: 'foreign records on every one', narrow: true },
  'unreadable-outbox-row': {
    ...{ targets: PUBLISHERS, lasts: [1, 1], details: UNREADABLE },
    ...{ says: 'rows in its outbox that nobody can read', narrow: true },
  },
  'row-held': {
    ...{ targets: ['inventory'], lasts: [17, 19], details: SKUS },
    ...{ says: 'somebody else holds its row of %', narrow: true },
  },
  'topic-gone': { targets: PUBLISHERS, lasts: [8, 12], says: 'its dead-letter topic is gone', narrow: true },
  retention: { targets: ['topics'], lasts: [1, 1], says: 'what all have heard is removed', narrow: true },
  'provider-down': { targets: ['payment-provider-1'], lasts: [2, 8], says: 'killed (SIGKILL)' },
  'provider-slow': { targets: ['provider'], lasts: [3, 8], details: [300, 2_000], says: '% ms away' },
} as const satisfies Record<string, KindOfFault>;

export type KindName = keyof typeof KINDS;
export const kindOf = (name: KindName): KindOfFault => KINDS[name];
export const isNarrow = (name: KindName): boolean => kindOf(name).narrow === true;
