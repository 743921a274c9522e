import type { Rows } from '@quadrille/choreography';
import {
  discard,
  lastDecision,
  listParked,
  type OperatorDecision,
  type ParkedQuery,
  redrive,
  type StoredRow,
  showParked,
} from '@quadrille/inbox';
import { transaction } from '@quadrille/postgres';
import type { Pool } from 'pg';
import { keyNameOf } from '../batch/outcome-log.js';
import type { Log } from '../log.js';
import { Problem } from '../problem.js';

/** Who decided, and why: kept in the audit with the message. */
export interface Decision {
  readonly by: string;
  readonly reason: string;
}

/** What an operator may do about messages that could not be taken. */
export class DeadLetters {
  constructor(
    private readonly pool: Pool,
    private readonly log: Pick<Log, 'info'>,
    private readonly rows: Rows = {},
  ) {}

  /** A page, oldest first. */
  list(query: ParkedQuery): Promise<{ rows: StoredRow[]; next: string | null }> {
    return transaction(this.pool, (tx) => listParked(tx, query));
  }

  async show(id: string): Promise<StoredRow> {
    const row = await transaction(this.pool, (tx) => showParked(tx, id));
    return row ?? this.gone(id);
  }

  /** Makes it due now; what waits behind it follows in order. Throws a problem 409 when it is itself only waiting behind another. */
  async redrive(id: string, { by, reason }: Decision): Promise<void> {
    const letter = await this.show(id);
    const count = await transaction(this.pool, (tx) => redrive(tx, { ids: [id] }, by, reason));
    if (count === 0) {
      await this.show(id);
      const detail = `It waits behind an earlier message of ${letter.key}: redrive or discard that one, and this one follows.`;
      throw new Problem(409, 'waits-behind-another', detail);
    }
    this.log.info({ deadLetter: id, ...this.about(letter), by, reason }, 'redrives a dead letter');
  }

  /** Gives it up for good; what waits behind it goes on. */
  async discard(id: string, { by, reason }: Decision): Promise<void> {
    const letter = await this.show(id);
    const count = await transaction(this.pool, (tx) => discard(tx, [id], by, reason));
    if (count === 0) await this.gone(id);
    this.log.info({ deadLetter: id, ...this.about(letter), by, reason }, 'discarded a dead letter');
  }

  /** What became of it, as far as is known. */
  private async gone(id: string): Promise<never> {
    const last = await transaction(this.pool, (tx) => lastDecision(tx, id));
    throw new Problem(404, 'unknown-dead-letter', last ? decisionOn(id, last) : `There is no dead letter ${id}.`);
  }

  private about({ step, key }: StoredRow): Record<string, string> {
    return { [keyNameOf(this.rows[step])]: key, step };
  }
}

function decisionOn(id: string, { action, by, reason, at }: OperatorDecision): string {
  const when = `${by} at ${at.toISOString()} (${reason})`;
  return action === 'discard'
    ? `Dead letter ${id} is gone: discarded by ${when}.`
    : `Dead letter ${id} is gone: redriven by ${when}, and taken since.`;
}
