import { type DeadRow, discardDead, listDead, redriveDead, StillUnreadable, showDead } from '@quadrille/outbox';
import { transaction } from '@quadrille/postgres';
import type { Pool } from 'pg';
import type { Log } from '../log.js';
import { Problem } from '../problem.js';
import type { Decision } from './dead-letters.js';

/** What an operator may do about records that never could be sent. */
export class OutboxDeadLetters {
  constructor(
    private readonly pool: Pool,
    private readonly log: Pick<Log, 'info'>,
  ) {}

  /** A page, oldest first. */
  list(query: Parameters<typeof listDead>[1]): Promise<{ rows: DeadRow[]; next: string | null }> {
    return transaction(this.pool, (tx) => listDead(tx, query));
  }

  async show(id: string): Promise<DeadRow> {
    const row = await transaction(this.pool, (tx) => showDead(tx, id));
    if (!row) throw unknownRecord(id);
    return row;
  }

  /** Has it sent once more: behind what its key has said since. */
  async redrive(id: string, { by, reason }: Decision): Promise<void> {
    const sent = await transaction(this.pool, (tx) => redriveDead(tx, id, by, reason)).catch((error: unknown) => {
      throw error instanceof StillUnreadable ? stillUnreadable(id, error) : error;
    });
    if (!sent) throw unknownRecord(id);
    this.log.info({ unsendable: id, by, reason }, 'sends a record again that could not be sent');
  }

  /** Gives it up for good: nobody will hear it. */
  async discard(id: string, { by, reason }: Decision): Promise<void> {
    if (!(await transaction(this.pool, (tx) => discardDead(tx, id, by, reason)))) throw unknownRecord(id);
    this.log.info({ unsendable: id, by, reason }, 'discarded a record that could not be sent');
  }
}

const unknownRecord = (id: string) =>
  new Problem(404, 'unknown-unsendable', `There is no unsendable record ${id}; it may have been sent or discarded.`);

const stillUnreadable = (id: string, { message }: Error) =>
  new Problem(
    409,
    'still-unreadable',
    `What is kept as ${id} cannot be read: ${message} Mend its records, or discard it.`,
  );
