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

/** Operator and reason, stored with the message in the audit table. */
export interface Decision {
  readonly by: string;
  readonly reason: string;
}

/** Operator actions on dead letters. */
export class DeadLetters {
  constructor(
    private readonly pool: Pool,
    private readonly log: Pick<Log, 'info'>,
    private readonly rows: Rows = {},
  ) {}

  /** Returns a page of parked messages, oldest first. */
  list(query: ParkedQuery): Promise<{ rows: StoredRow[]; next: string | null }> {
    return transaction(this.pool, (tx) => listParked(tx, query));
  }

  async show(id: string): Promise<StoredRow> {
    const row = await transaction(this.pool, (tx) => showParked(tx, id));
    return row ?? this.gone(id);
  }

  /**
   * Makes a message due now; messages behind it follow in order. Throws a problem 409 if it only waits behind another message.
   */
  async redrive(id: string, { by, reason }: Decision): Promise<void> {
    const letter = await this.show(id);
    const count = await transaction(this.pool, (tx) => redrive(tx, { ids: [id] }, by, reason));
    if (count === 0) {
      await this.show(id);
      const detail = `The message waits behind an earlier one of ${letter.key}: redrive or discard that one, and this one follows.`;
      throw new Problem(409, 'blocked', detail);
    }
    this.log.info({ deadLetter: id, ...this.about(letter), by, reason }, 'dead letter redriven');
  }

  /** Deletes a message for good; messages behind it continue. */
  async discard(id: string, { by, reason }: Decision): Promise<void> {
    const letter = await this.show(id);
    const count = await transaction(this.pool, (tx) => discard(tx, [id], by, reason));
    if (count === 0) await this.gone(id);
    this.log.info({ deadLetter: id, ...this.about(letter), by, reason }, 'dead letter discarded');
  }

  /** Throws a problem 404 with the last operator action, if one is recorded. */
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
    : `Dead letter ${id} is gone: redriven by ${when}, and processed since.`;
}
