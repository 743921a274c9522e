import type { Tracer } from '@opentelemetry/api';
import type { Input, Unreadable, WatchedBatch } from '@quadrille/runtime';
import type { FastifyInstance } from 'fastify';
import { tracedBatch } from './trace-batch.js';
import { traceRequests } from './trace-requests.js';
import { tracedSend } from './trace-send.js';
import type { Send, Tracing } from './tracing.js';

/** Enabled tracing. */
export class Traces implements Tracing {
  constructor(
    private readonly tracer: Tracer,
    readonly stop: () => Promise<void>,
  ) {}

  readonly batches = {
    begin: <Some extends Input | Unreadable>(inputs: readonly Some[]): WatchedBatch<Some> =>
      tracedBatch(this.tracer, inputs),
  };

  requests(fastify: FastifyInstance): void {
    traceRequests(this.tracer, fastify);
  }

  publishing(send: Send): Send {
    return tracedSend(this.tracer, send);
  }
}
