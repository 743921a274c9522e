import { mayPass, scopeOf, transaction } from '@quadrille/postgres';
import type { Pool } from 'pg';
import type { Outcome } from '../input.js';
import { PollingLoop } from '../polling-loop.js';
import type { Problem } from '../problem.js';
import type { RuntimeDefinition } from '../runtime-definition.js';
import { type AdmissionLimits, DedupeResult, type ShedReason } from './admission.js';
import type { Batcher } from './batcher.js';
import { OpenSagas } from './open-sagas.js';
import type { Waiting } from './submission-queue.js';

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
  readonly loops: readonly PollingLoop[];
  private readonly dedupeResult: DedupeResult;
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
    this.dedupeResult = new DedupeResult(limits, () => this.waiting(), this.sagas?.backlog, counted);
    const recount = async () => {
      await transaction(pool, async (tx) => this.sagas?.recount(tx));
      return false;
    };
    const lapse = async () => {
      this.shed(this.dedupeResult.patienceEndsBefore(), 'age');
      return false;
    };
    const ignored = () => {};
    this.loops = [
      new PollingLoop(PATIENCE_CHECK_MS, lapse, ignored),
      // Who cannot count now goes on by what it hears; that the database is away others tell.
      ...(this.sagas ? [new PollingLoop(RECOUNT_EVERY_MS, recount, ignored)] : []),
    ];
  }

  /** The problem a command is turned away with; undefined when it may come in. */
  refusal(step: string, bytes: number): Problem | undefined {
    return this.dedupeResult.refusal(bytes, this.sagas?.begins(step) ?? false);
  }

  waiting(): Waiting {
    return this.batcher.waiting('commands');
  }

  /** How long a new saga is expected to take; undefined where none begins. */
  expectedWaitMs(): number | undefined {
    return this.sagas?.backlog.expectedWaitMs(Date.now());
  }

  committed(outcomes: readonly Outcome[]): void {
    this.dedupeResult.databaseBack();
    this.sagas?.count(outcomes, Date.now());
  }

  /** Who waits behind a batch that found no database is told at once. */
  failed(error: unknown): void {
    if (mayPass(scopeOf(error)) && this.dedupeResult.databaseFailed()) this.shed(Number.POSITIVE_INFINITY, 'database');
  }

  private shed(before: number, reason: ShedReason): void {
    this.batcher.shed('commands', before, () => this.dedupeResult.turnedAway(reason));
  }
}
