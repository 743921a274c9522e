import { CHOREOGRAPHY } from '../protocols/all.js';

export const FAULTS = [
  'none',
  'driver-dies',
  'driver-stops',
  'partition',
  'slow',
  'service-dies',
  'databases-die',
  'brokers-die',
  'outside',
  'driver-dies,half-committed',
  'driver-dies,partition',
] as const;
export type Fault = (typeof FAULTS)[number];

/** The least duration of each fault in milliseconds. A fault lasts longer on a machine that is too slow to show its consequences in that time. */
export const FAULT_DURATION_MS: Readonly<Record<Fault, number>> = {
  none: 0,
  'driver-dies': 10_000,
  'driver-stops': 6_000,
  partition: 6_000,
  slow: 6_000,
  'service-dies': 6_000,
  'databases-die': 3_000,
  'brokers-die': 10_000,
  outside: 6_000,
  'driver-dies,half-committed': 10_000,
  'driver-dies,partition': 10_000,
};

/** Each way, on every link, while it is slow. */
export const SLOW_MS = 50;

/** The sentence for a fault that a protocol cannot meet; undefined where it can. */
export function unsupportedReason(protocol: string, fault: Fault, decisions: string): string | undefined {
  if (protocol === CHOREOGRAPHY && fault === 'brokers-die')
    return 'The choreography runs on one broker: npm run chaos stops it.';
  if (fault === 'driver-dies,partition' && protocol !== 'three-phase-commit')
    return 'driver-dies,partition waits for a pre-commit: only three-phase-commit has one.';
  if (fault === 'driver-dies,half-committed' && protocol !== 'two-phase-commit')
    return 'driver-dies,half-committed kills a coordinator between two commits: only two-phase-commit has them.';
  if (process.env.KAFKA_BROKERS && fault === 'brokers-die')
    return 'brokers-die kills brokers that the lab has started: unset KAFKA_BROKERS.';
  if (process.env.KAFKA_BROKERS && protocol === CHOREOGRAPHY && (fault === 'partition' || fault === 'slow'))
    return `${fault} changes the links of a broker that the lab has started: unset KAFKA_BROKERS.`;
  if (fault === 'brokers-die' && decisions !== 'kafka') return 'brokers-die needs --decisions kafka.';
  return undefined;
}
