import type { Pool } from 'pg';
import type { Batcher } from '../batcher.js';
import type { ServiceDefinition } from '../definition.js';
import { Every } from '../every.js';
import type { Outcome } from '../input.js';
import { mayPass, scopeOf } from '../pg-errors.js';
import type { Problem } from '../problem.js';
import { transaction } from '../transaction.js';
import { Admission, type AdmissionLimits, type TurnedAway } from './admission.js';
import type { Waiting } from './line.js';
import { OpenSagas } from './open-sagas.js';

/** A new saga may be expected to take this share of a deadline: what slows the others down may yet make it several times as long. */
const DEADLINE_SHARE = 1 / 8;
/** How often the open sagas are counted in the database. */
const RECOUNT_EVERY_MS = 2_000;
/** How often those are looked for who have waited too long. */
const PATIENCE_CHECK_MS = 500;

/** What lets commands in, and how much may wait. */
export interface GateLimits extends AdmissionLimits {
  /** So many sagas may always be open. */
  readonly freeSagas: number;
}

/** The way in of commands: they wait for their batch only as long as they can be carried. What is turned away costs next to nothing. */
export class Gate {
  /** What it does by itself, now and then. */
  readonly loops: readonly Every[];
  private readonly admission: Admission;
  private readonly sagas: OpenSagas | undefined;

  constructor(
    definition: ServiceDefinition<any, any>,
    limits: GateLimits,
    deadlineSeconds: number,
    pool: Pool,
    private readonly batcher: Pick<Batcher<any, any>, 'waiting' | 'turnAway'>,
    counted?: (reason: TurnedAway) => void,
  ) {
    const { rows, part, sagas } = definition;
    const maxWaitMs = deadlineSeconds * 1_000 * DEADLINE_SHARE;
    this.sagas = sagas && new OpenSagas(rows, part.service, sagas, deadlineSeconds, { ...limits, maxWaitMs });
    this.admission = new Admission(limits, () => this.waiting(), this.sagas?.backlog, counted);
    const recount = async () => {
      await transaction(pool, async (tx) => this.sagas?.recount(tx));
      return false;
    };
    const lapse = async () => {
      this.turnAway(this.admission.patienceEndsBefore(), 'age');
      return false;
    };
    const ignored = () => {};
    this.loops = [
      new Every(PATIENCE_CHECK_MS, lapse, ignored),
      // Who cannot count now goes on by what it hears; that the database is away others tell.
      ...(this.sagas ? [new Every(RECOUNT_EVERY_MS, recount, ignored)] : []),
    ];
  }

  /** The problem a command is turned away with; undefined when it may come in. */
  refusal(step: string, bytes: number): Problem | undefined {
    return this.admission.refusal(bytes, this.sagas?.begins(step) ?? false);
  }

  waiting(): Waiting {
    return this.batcher.waiting('commands');
  }

  /** How long a new saga is expected to take; undefined where none begins. */
  expectedWaitMs(): number | undefined {
    return this.sagas?.backlog.expectedWaitMs(Date.now());
  }

  committed(outcomes: readonly Outcome[]): void {
    this.admission.databaseBack();
    this.sagas?.count(outcomes, Date.now());
  }

  /** Who waits behind a batch that found no database is told at once. */
  failed(error: unknown): void {
    if (mayPass(scopeOf(error)) && this.admission.databaseFailed()) this.turnAway(Number.POSITIVE_INFINITY, 'database');
  }

  private turnAway(before: number, reason: TurnedAway): void {
    this.batcher.turnAway('commands', before, () => this.admission.turnedAway(reason));
  }
}
