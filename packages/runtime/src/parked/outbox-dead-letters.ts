import { type DeadRow, discardDead, listDead, redriveDead, StillUnreadable, showDead } from '@quadrille/outbox';
import { transaction } from '@quadrille/postgres';
import type { Pool } from 'pg';
import type { Log } from '../log.js';
import { Problem } from '../problem.js';
import type { Decision } from './dead-letters.js';

/** Operator actions on records that could never be sent. */
export class OutboxDeadLetters {
  constructor(
    private readonly pool: Pool,
    private readonly log: Pick<Log, 'info'>,
  ) {}

  /** Returns a page of records, oldest first. */
  list(query: Parameters<typeof listDead>[1]): Promise<{ rows: DeadRow[]; next: string | null }> {
    return transaction(this.pool, (tx) => listDead(tx, query));
  }

  async show(id: string): Promise<DeadRow> {
    const row = await transaction(this.pool, (tx) => showDead(tx, id));
    if (!row) throw unknownRecord(id);
    return row;
  }

  /** Appends the record to the outbox again, behind later events of its key. */
  async redrive(id: string, { by, reason }: Decision): Promise<void> {
    const sent = await transaction(this.pool, (tx) => redriveDead(tx, id, by, reason)).catch((error: unknown) => {
      throw error instanceof StillUnreadable ? stillUnreadable(id, error) : error;
    });
    if (!sent) throw unknownRecord(id);
    this.log.info({ unsendable: id, by, reason }, 'unsendable record appended again');
  }

  /** Deletes the record for good: it is never published. */
  async discard(id: string, { by, reason }: Decision): Promise<void> {
    if (!(await transaction(this.pool, (tx) => discardDead(tx, id, by, reason)))) throw unknownRecord(id);
    this.log.info({ unsendable: id, by, reason }, 'unsendable record discarded');
  }
}

const unknownRecord = (id: string) =>
  new Problem(404, 'unknown-unsendable', `There is no unsendable record ${id}; it may have been sent or discarded.`);

const stillUnreadable = (id: string, { message }: Error) =>
  new Problem(
    409,
    'still-unreadable',
    `The stored row ${id} cannot be read: ${message} Fix its records, or discard it.`,
  );
