import type { Socket } from 'node:net';
import { Controller, Get, Inject, Param, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Customer, ENVIRONMENT, mayActFor, type Principal, Problem } from '@quadrille/nest';
import type { FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { timelineOf } from '../domain/timeline.js';
import type { StorefrontEnvironment } from '../environment.js';
import { FirstEvents } from '../live/first-events.js';
import { type EventWithData, findEvents, findNotices } from '../persistence/find-saga.js';
import { TimelineView, viewOf } from './timeline-view.js';

const OrderId = z.uuid().toLowerCase();
/** As long as a proxy keeps an idle connection at the least. */
const MAX_PATIENCE_SECONDS = 20;
const RETRY_AFTER_SECONDS = 2;

const Patience = z.object({
  patience: z.coerce
    .number()
    .min(0)
    .max(MAX_PATIENCE_SECONDS)
    .default(0)
    .describe('Seconds to wait for the first event of an order that was placed just now, before it is unknown.'),
});

/** Whether they may see the saga of this event; a customer, where it names them. */
const isOwn = ({ data }: EventWithData, principal: Principal): boolean =>
  mayActFor(principal, (data as { customerId?: string | null } | null)?.customerId ?? null);

/** The evidence of one saga. */
@ApiTags('sagas')
@Controller('timeline')
export class TimelineController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly firstEvents: FirstEvents,
    @Inject(ENVIRONMENT) private readonly env: StorefrontEnvironment,
  ) {}

  @Customer()
  @Get(':orderId')
  @ApiOperation({ summary: 'What happened to an order: who said what because of what, and who is awaited since when' })
  @ApiResponse({ status: 200, description: 'The chain of evidence.', standardSchema: TimelineView })
  @ApiResponse({ status: 400, description: 'The id is no UUID.' })
  @ApiResponse({ status: 503, description: 'As many wait for a first event as this instance lets wait.' })
  @ApiResponse({ status: 404, description: 'No event of this order has been read.' })
  async show(
    @Param('orderId', { schema: OrderId }) orderId: string,
    @Query({ schema: Patience }) { patience }: z.infer<typeof Patience>,
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<TimelineView> {
    let events = await findEvents(this.dataSource, orderId);
    if (events.length === 0 && patience > 0) {
      await this.waitForFirst(orderId, patience, request.raw.socket);
      events = await findEvents(this.dataSource, orderId);
    }
    const notices = await findNotices(this.dataSource, orderId);
    if (!events.some((event) => isOwn(event, principal)))
      throw new Problem(404, 'unknown-order', `No event of the order ${orderId} has been read.`);
    return viewOf(orderId, timelineOf(events, notices));
  }

  private async waitForFirst(orderId: string, seconds: number, caller: Socket): Promise<void> {
    if (this.firstEvents.size >= this.env.LIVE_READERS_MAX) {
      throw new Problem(503, 'too-many-readers', 'As many wait as this instance lets wait. Come back later.', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    const gone = new AbortController();
    const leave = () => gone.abort();
    caller.once('close', leave);
    await this.firstEvents.wait(orderId, seconds * 1_000, gone.signal);
    caller.off('close', leave);
  }
}
