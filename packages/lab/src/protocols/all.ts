import type { Protocol } from '../protocol.js';
import { orchestratedSaga } from './orchestrated-saga.js';
import { PHASED, phasedSaga } from './phased-sagas.js';
import { threePhaseCommit } from './three-phase-commit.js';
import { tryConfirmCancel } from './try-confirm-cancel.js';
import { twoPhaseCommit } from './two-phase-commit.js';
import { unprotected } from './unprotected.js';

/** What a command may vary. */
export interface ProtocolOptions {
  /** If a pre-commit is not acknowledged: `abort` (the seeds' form) or `commit` (Skeen 1981). */
  readonly withoutAcknowledgement?: 'abort' | 'commit';
  /** How long a reservation is kept. */
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

/** The product itself: no file here, it is started as it is shipped. */
export const CHOREOGRAPHY = 'choreography';

/** Protocols whose coordinators all work on one book. */
export const SHARE_A_LOG: ReadonlySet<string> = new Set();

/** Where the death of a coordinator does the most harm. */
export const MOMENTS: Readonly<Record<string, string>> = {
  unprotected: 'paid',
  'two-phase-commit': 'prepared',
  'three-phase-commit': 'prepared',
  'orchestrated-saga': 'acted',
  'try-confirm-cancel': 'decided',
};

/** The protocol of this name. */
export function protocolOf(name: string, options: ProtocolOptions = {}): Protocol {
  const make = MAKE[name];
  if (!make) throw new Error(`There is no protocol ${name}; there are ${PROTOCOLS.join(', ')}.`);
  return make(options);
}
