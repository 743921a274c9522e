import type { Protocol } from '../protocol.js';
import { orchestratedSaga } from './orchestrated-saga.js';
import { PHASED, phasedSaga } from './phased-sagas.js';
import { threePhaseCommit } from './three-phase-commit.js';
import { tryConfirmCancel } from './try-confirm-cancel.js';
import { twoPhaseCommit } from './two-phase-commit.js';
import { unprotected } from './unprotected.js';

/** Options of a command. */
export interface ProtocolOptions {
  /** If a pre-commit is not acknowledged: `abort` (the basic form) or `commit` (Skeen 1981). */
  readonly withoutAcknowledgement?: 'abort' | 'commit';
  /** Milliseconds until a reservation expires. */
  readonly expiryMs?: number;
}

const MAKE: Readonly<Record<string, (options: ProtocolOptions) => Protocol>> = {
  unprotected: () => unprotected,
  'two-phase-commit': () => twoPhaseCommit,
  'three-phase-commit': ({ withoutAcknowledgement = 'abort' }) => threePhaseCommit(withoutAcknowledgement),
  'orchestrated-saga': () => orchestratedSaga,
  'try-confirm-cancel': ({ expiryMs = 15_000 }) => tryConfirmCancel(expiryMs),
  ...Object.fromEntries(PHASED.map((kind) => [kind, () => phasedSaga(kind)])),
};

export const PROTOCOLS: readonly string[] = Object.keys(MAKE);

/** The product itself: it has no file here and is started as shipped. */
export const CHOREOGRAPHY = 'choreography';

/** Protocols whose coordinators always share one decision log. */
export const SHARE_A_LOG: ReadonlySet<string> = new Set();

/** The moment at which a coordinator crash does the most harm. */
export const MOMENTS: Readonly<Record<string, string>> = {
  unprotected: 'paid',
  'two-phase-commit': 'prepared',
  'three-phase-commit': 'prepared',
  'orchestrated-saga': 'acted',
  'try-confirm-cancel': 'decided',
};

/** Returns the protocol with this name, or throws. */
export function protocolOf(name: string, options: ProtocolOptions = {}): Protocol {
  const make = MAKE[name];
  if (!make) throw new Error(`Unknown protocol ${name}. Known protocols: ${PROTOCOLS.join(', ')}.`);
  return make(options);
}
