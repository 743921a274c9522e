import { UnreadableMessage, type Wire } from '@quadrille/choreography';
import type { IncomingRecord } from '@quadrille/kafka';
import { WireCodec } from '@quadrille/kafka/wire';
import type { EventRouter } from './event-router.js';

/** Routes records of a wire with another form: converts headers first, and the values of handled events. */
export class WireReader {
  private readonly codec: WireCodec;

  constructor(
    wire: Wire,
    private readonly router: EventRouter,
  ) {
    this.codec = new WireCodec(wire);
  }

  /** Rejects if the value cannot be decoded for now, since the schema registry is away: the same record can be routed again. */
  async route(received: IncomingRecord): Promise<ReturnType<EventRouter['take']>> {
    const record = this.renamed(received);
    if (!this.router.handles(record)) return this.router.take(record, received);
    try {
      return this.router.take(await this.codec.withJson(record, received));
    } catch (error) {
      if (!(error instanceof UnreadableMessage)) throw error;
      return this.router.take(record, received, error);
    }
  }

  /** The router reports the flaw of a record that cannot be read. */
  private renamed(received: IncomingRecord): IncomingRecord {
    try {
      return this.codec.withDefaultHeaders(received);
    } catch {
      return received;
    }
  }
}
