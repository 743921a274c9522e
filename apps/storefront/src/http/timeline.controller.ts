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
/** Below the idle timeout of common proxies. */
const MAX_WAIT_SECONDS = 20;
const RETRY_AFTER_SECONDS = 2;

const Wait = z.object({
  waitSeconds: z.coerce
    .number()
    .min(0)
    .max(MAX_WAIT_SECONDS)
    .default(0)
    .describe('Seconds to wait for the first event of a new order before it counts as unknown.'),
});

/** Whether the caller may see the saga of this event; a customer may if it has their id. */
const isOwn = ({ data }: EventWithData, principal: Principal): boolean =>
  mayActFor(principal, (data as { customerId?: string | null } | null)?.customerId ?? null);

/** The timeline of one saga. */
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
  @ApiOperation({ summary: 'Get the timeline of an order: its events with their causes, and the awaited steps' })
  @ApiResponse({ status: 200, description: 'The timeline.', standardSchema: TimelineView })
  @ApiResponse({ status: 400, description: 'The id is not a UUID.' })
  @ApiResponse({ status: 503, description: 'The limit of waiting requests of this instance is reached.' })
  @ApiResponse({ status: 404, description: 'No event of this order has been read.' })
  async show(
    @Param('orderId', { schema: OrderId }) orderId: string,
    @Query({ schema: Wait }) { waitSeconds }: z.infer<typeof Wait>,
    @Req() request: FastifyRequest,
    @CurrentPrincipal() principal: Principal,
  ): Promise<TimelineView> {
    let events = await findEvents(this.dataSource, orderId);
    if (events.length === 0 && waitSeconds > 0) {
      await this.waitForFirst(orderId, waitSeconds, request.raw.socket);
      events = await findEvents(this.dataSource, orderId);
    }
    const notices = await findNotices(this.dataSource, orderId);
    if (!events.some((event) => isOwn(event, principal)))
      throw new Problem(404, 'unknown-order', `No event of order ${orderId} has been read.`);
    return viewOf(orderId, timelineOf(events, notices));
  }

  private async waitForFirst(orderId: string, seconds: number, caller: Socket): Promise<void> {
    if (this.firstEvents.size >= this.env.LIVE_READERS_MAX) {
      throw new Problem(
        503,
        'too-many-readers',
        'The limit of waiting requests of this instance is reached. Try again later.',
        {
          retryAfterSeconds: RETRY_AFTER_SECONDS,
        },
      );
    }
    const gone = new AbortController();
    const leave = () => gone.abort();
    caller.once('close', leave);
    await this.firstEvents.wait(orderId, seconds * 1_000, gone.signal);
    caller.off('close', leave);
  }
}
