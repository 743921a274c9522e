import { CRASH_POINTS } from '@quadrille/crash-points';
import { SERVICES } from '@quadrille/local';

/** The services that run in two instances: all that take part in sagas. */
export const DOUBLED = ['order', 'payment', 'inventory', 'shipping', 'notification'] as const;
export type Doubled = (typeof DOUBLED)[number];

/** The services with an outbox. */
export const SPEAKERS = ['order', 'payment', 'inventory', 'shipping'] as const satisfies readonly Doubled[];

const INSTANCES: readonly string[] = SERVICES.flatMap((name) =>
  (DOUBLED as readonly string[]).includes(name) ? [`${name}-1`, `${name}-2`] : [`${name}-1`],
);
const HEARING_INSTANCES = DOUBLED.flatMap((name) => [`${name}-1`, `${name}-2`]);

/** Commands and clocks come to the order service alone; redrives come only where something is parked. */
const POINTS = Object.keys(CRASH_POINTS).filter((point) => !/^(command|clock|redrive)\./.test(point));

/** A kind of fault: what it can hit, and for how long. */
export interface KindOfFault {
  readonly targets: readonly string[];
  /** Seconds, least and most. */
  readonly lasts: readonly [number, number];
  /** What it works with: a crash point, milliseconds, bytes a second. */
  readonly details?: readonly (string | number)[];
  /** For people; `%` is where the detail stands. */
  readonly says: string;
}

/** Everything that can go wrong here. Targets of a database are services, since each has a database and a proxy of its own. */
export const KINDS = {
  kill: { targets: INSTANCES, lasts: [1, 5], says: 'killed (SIGKILL)' },
  'kill-both': { targets: DOUBLED, lasts: [1, 5], says: 'both instances killed (SIGKILL)' },
  'kill-in-batch': { targets: HEARING_INSTANCES, lasts: [3, 6], details: POINTS, says: 'dies at %' },
  freeze: { targets: INSTANCES, lasts: [2, 10], says: 'frozen (SIGSTOP)' },
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
  'outbox-full': { targets: SPEAKERS, lasts: [1, 5], says: 'no space left for its outbox (53100)' },
  'outbox-refuses': { targets: SPEAKERS, lasts: [1, 3], says: 'its outbox violates a constraint (23514)' },
  garbage: { targets: ['topics'], lasts: [1, 1], says: 'garbage on every one' },
  'provider-down': { targets: ['payment-provider-1'], lasts: [2, 8], says: 'killed (SIGKILL)' },
  'provider-slow': { targets: ['provider'], lasts: [3, 8], details: [300, 2_000], says: '% ms away' },
} as const satisfies Record<string, KindOfFault>;

export type KindName = keyof typeof KINDS;
export const kindOf = (name: KindName): KindOfFault => KINDS[name];
