import { mayPass, scopeOf, transaction } from '@quadrille/postgres';
import type { Pool } from 'pg';
import type { Outcome } from '../input.js';
import { PollingLoop } from '../polling-loop.js';
import type { Problem } from '../problem.js';
import type { RuntimeDefinition } from '../runtime-definition.js';
import { Admission, type AdmissionLimits, type ShedReason } from './admission.js';
import type { Batcher } from './batcher.js';
import { OpenSagas } from './open-sagas.js';
import type { Waiting } from './submission-queue.js';

/** Maximum expected duration of a new saga as a share of its deadline: the load may slow it down several times more. */
const DEADLINE_SHARE = 1 / 8;
/** Interval in ms of counting open sagas in the database. */
const RECOUNT_EVERY_MS = 2_000;
/** Interval in ms of dropping commands that waited too long. */
const ABANDON_CHECK_MS = 500;

/** Limits of admission. */
export interface GateLimits extends AdmissionLimits {
  /** With this many open sagas or fewer, a new one is always admitted. */
  readonly freeSagas: number;
}

/** Entry of commands: they wait for their batch only if the service can process them in time. A refusal costs almost nothing. */
export class Gate {
  /** Periodic work of the gate. */
  readonly loops: readonly PollingLoop[];
  private readonly admission: Admission;
  private readonly sagas: OpenSagas | undefined;

  constructor(
    definition: RuntimeDefinition,
    limits: GateLimits,
    deadlineSeconds: number,
    pool: Pool,
    private readonly batcher: Pick<Batcher<any, any>, 'waiting' | 'shed'>,
    counted?: (reason: ShedReason) => void,
  ) {
    const { rows, steps, sagas } = definition;
    const maxWaitMs = deadlineSeconds * 1_000 * DEADLINE_SHARE;
    this.sagas = sagas && new OpenSagas(rows, steps.service, sagas, deadlineSeconds, { ...limits, maxWaitMs });
    this.admission = new Admission(limits, () => this.waiting(), this.sagas?.backlog, counted);
    const recount = async () => {
      await transaction(pool, async (tx) => this.sagas?.recount(tx));
      return false;
    };
    const lapse = async () => {
      this.shed(this.admission.abandonedBefore(), 'age');
      return false;
    };
    const ignored = () => {};
    this.loops = [
      new PollingLoop(ABANDON_CHECK_MS, lapse, ignored),
      // A failed recount leaves the local count in use; other components report the outage.
      ...(this.sagas ? [new PollingLoop(RECOUNT_EVERY_MS, recount, ignored)] : []),
    ];
  }

  /** Returns the problem that refuses a command; undefined if it is admitted. */
  refusal(step: string, bytes: number): Problem | undefined {
    return this.admission.refusal(bytes, this.sagas?.begins(step) ?? false);
  }

  waiting(): Waiting {
    return this.batcher.waiting('commands');
  }

  /** Expected duration of a new saga in ms; undefined in a service that begins none. */
  expectedWaitMs(): number | undefined {
    return this.sagas?.backlog.expectedWaitMs(Date.now());
  }

  committed(outcomes: readonly Outcome[]): void {
    this.admission.databaseBack();
    this.sagas?.count(outcomes, Date.now());
  }

  /** Refuses commands behind a batch that failed for lack of the database at once. */
  failed(error: unknown): void {
    if (mayPass(scopeOf(error)) && this.admission.databaseFailed()) this.shed(Number.POSITIVE_INFINITY, 'database');
  }

  private shed(before: number, reason: ShedReason): void {
    this.batcher.shed('commands', before, () => this.admission.shedProblem(reason));
  }
}
