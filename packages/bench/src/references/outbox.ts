import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { Message, Messaging } from './messaging.js';

const POLL_EVERY_MS = 500;
const RETRY_AFTER_MS = 500;
const MAX_ROWS = 1_000;

const INSERT = 'insert into outbox (id, topic, key, event, payload) values ($1, $2, $3, $4, $5)';
const DELETE = 'delete from outbox where id = any($1)';
const LEFT_BEHIND = `select id, topic, key, event, payload from outbox where id <> all($1) order by position limit ${MAX_ROWS}`;

/**
 * The outbox of one process. Committed messages are sent from memory, in their order; every half second the rows of sent messages are deleted,
 * and rows that a crashed process has left behind are sent.
 */
export class Outbox {
  readonly #waiting: Message[] = [];
  /** Ids with a row, or perhaps soon with one, that this process handles itself. */
  readonly #own = new Set<string>();
  #sent: string[] = [];
  #sending = false;

  constructor(
    private readonly pool: pg.Pool,
    private readonly messaging: Messaging,
  ) {}

  /** Resolves once the rows of earlier processes are read; the interval continues. */
  async start(): Promise<void> {
    await this.#deleteAndPoll();
    this.#pollForever().catch(console.error);
  }

  /** Inserts a message in a transaction. Its end must be reported by `committed` or `rolledBack`. */
  async insert(client: pg.ClientBase, { topic, key, headers, payload }: Message): Promise<void> {
    this.#own.add(headers.id);
    await client.query({ name: 'outbox', text: INSERT, values: [headers.id, topic, key, headers.event, payload] });
  }

  committed(message: Message): void {
    this.#waiting.push(message);
    if (!this.#sending) this.#sendAll().catch(console.error);
  }

  /** Also after a commit of unknown outcome: then the poll finds the row, if there is one. */
  rolledBack({ headers }: Message): void {
    this.#own.delete(headers.id);
  }

  async #sendAll(): Promise<void> {
    this.#sending = true;
    while (this.#waiting.length > 0) {
      const messages = this.#waiting.splice(0);
      await this.#sendUntilAccepted(messages);
      this.#sent.push(...messages.map(({ headers }) => headers.id));
    }
    this.#sending = false;
  }

  async #sendUntilAccepted(messages: readonly Message[]): Promise<void> {
    for (;;) {
      try {
        return await this.messaging.send(messages);
      } catch (error) {
        console.error(error);
        await pause(RETRY_AFTER_MS);
      }
    }
  }

  async #pollForever(): Promise<void> {
    for (;;) {
      await pause(POLL_EVERY_MS);
      await this.#deleteAndPoll().catch(console.error);
    }
  }

  async #deleteAndPoll(): Promise<void> {
    const sent = this.#sent;
    if (sent.length > 0) await this.pool.query({ name: 'delete-sent', text: DELETE, values: [sent] });
    this.#sent = this.#sent.slice(sent.length);
    for (const id of sent) this.#own.delete(id);
    const { rows } = await this.pool.query({ name: 'left-behind', text: LEFT_BEHIND, values: [[...this.#own]] });
    for (const { id, topic, key, event, payload } of rows) {
      // Inserted by this process after the statement began.
      if (this.#own.has(id)) continue;
      this.#own.add(id);
      this.committed({ topic, key, headers: { id, event }, payload });
    }
  }
}
