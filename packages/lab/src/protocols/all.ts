import type { Voting } from '../calls.js';
import type { Protocol } from '../protocol.js';
import { adaptive } from './adaptive.js';
import { orchestratedSaga } from './orchestrated-saga.js';
import { PHASED, phasedSaga } from './phased-sagas.js';
import { threePhaseCommit } from './three-phase-commit.js';
import { tryConfirmCancel } from './try-confirm-cancel.js';
import { twoPhaseCommit } from './two-phase-commit.js';
import { unprotected } from './unprotected.js';
import { VALIDATED, validatedSaga } from './validated-sagas.js';

/** Options of a command. */
export interface ProtocolOptions {
  /** If a pre-commit is not acknowledged: `abort` (the basic form) or `commit` (Skeen 1981). */
  readonly withoutAcknowledgement?: 'abort' | 'commit';
  /** Two- and three-phase commit: whether payment votes before inventory (default), or all participants at once. */
  readonly voting?: Voting;
  /** Milliseconds until a reservation expires. */
  readonly expiryMs?: number;
  /** 2PS-OV: the pause between reservation and validation. */
  readonly verifyAfterMs?: number;
  /** adaptive: a coordinator with more orders per second chooses a saga. */
  readonly maxPerSecond?: number;
}

const MAKE: Readonly<Record<string, (options: ProtocolOptions) => Protocol>> = {
  unprotected: () => unprotected,
  'two-phase-commit': ({ voting }) => twoPhaseCommit(voting),
  'three-phase-commit': ({ withoutAcknowledgement = 'abort', voting }) =>
    threePhaseCommit(withoutAcknowledgement, voting),
  'orchestrated-saga': () => orchestratedSaga,
  'try-confirm-cancel': ({ expiryMs = 15_000 }) => tryConfirmCancel(expiryMs),
  ...Object.fromEntries(PHASED.map((kind) => [kind, () => phasedSaga(kind)])),
  ...Object.fromEntries(
    VALIDATED.map((kind) => [
      kind,
      ({ expiryMs = 15_000, verifyAfterMs = 200 }) => validatedSaga(kind, { expiryMs, verifyAfterMs }),
    ]),
  ),
  adaptive: ({ maxPerSecond = 10 }) => adaptive(maxPerSecond),
};

export const PROTOCOLS: readonly string[] = Object.keys(MAKE);
/** The choice of `adaptive` depends on earlier orders, which an exploration does not have; its spec explores its protocols in pairs. */
export const EXPLORABLE: readonly string[] = PROTOCOLS.filter((name) => name !== 'adaptive');

/** The product itself: it has no file here and is started as shipped. */
export const CHOREOGRAPHY = 'choreography';

/** The crash point at which a coordinator's crash does the most harm, and the state of the order there. */
export const WORST_CRASH_POINTS: Readonly<Record<string, { readonly name: string; readonly state: string }>> = {
  unprotected: { name: 'paid', state: 'the payment is captured, nothing else is done' },
  'two-phase-commit': { name: 'prepared', state: 'all participants are prepared, nothing is decided' },
  'three-phase-commit': { name: 'prepared', state: 'all participants are prepared, none is pre-committed' },
  'orchestrated-saga': { name: 'acted', state: 'a step is done, its result is not persisted' },
  'try-confirm-cancel': { name: 'half-confirmed', state: 'the payment is confirmed, no other reservation is' },
  ...Object.fromEntries(
    [...PHASED, ...VALIDATED, 'adaptive'].map((kind) => [
      kind,
      { name: 'decided', state: 'the decision is persisted, nothing is confirmed' },
    ]),
  ),
};

/** Returns the protocol with this name, or throws. */
export function protocolOf(name: string, options: ProtocolOptions = {}): Protocol {
  const make = MAKE[name];
  if (!make) throw new Error(`Unknown protocol ${name}. Known protocols: ${PROTOCOLS.join(', ')}.`);
  return make(options);
}
