import { Controller, Get, Headers, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ENVIRONMENT, Operator, Problem } from '@quadrille/nest';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { StorefrontEnvironment } from '../environment.js';
import { LiveFeed } from '../live/live-feed.js';
import { LiveReader } from '../live/live-reader.js';
import { openEventStream } from './open-event-stream.js';
import { ReadersByAddress } from './readers-by-address.js';

const RETRY_AFTER_SECONDS = 10;

/** More orders one reader hardly looks at; who does reads everything. */
const MAX_ORDERS = 50;

const OrderId = z.uuid().toLowerCase();
const Wanted = z.object({
  orderId: z
    .union([OrderId.transform((one) => [one]), z.array(OrderId).max(MAX_ORDERS)])
    .optional()
    .describe(`Only the events of this order; several times for several orders, ${MAX_ORDERS} at most.`),
});

/** What happens now. */
@ApiTags('sagas')
@Controller('events')
export class EventsController {
  constructor(
    private readonly feed: LiveFeed,
    private readonly addresses: ReadersByAddress,
    @Inject(ENVIRONMENT) private readonly env: StorefrontEnvironment,
  ) {}

  @Operator()
  @Get()
  @ApiOperation({
    summary: 'The events of all sagas as they become known, as server-sent events',
    description:
      '`saga-event` carries one event; `skipped` says how many were left out because there were too many at once; ' +
      '`cut-off` comes last, to a reader who does not keep up. A comment every 15 seconds keeps the connection. ' +
      'A reader who comes back with `Last-Event-ID` is sent what it missed; `reset` comes first to one whose id is of an earlier life ' +
      'of the storefront, or none of ours: what it knows it must ask for anew. Ids only go forward, and no event comes twice on a stream.',
  })
  @ApiResponse({
    status: 200,
    description: 'A stream that does not end.',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiResponse({ status: 400, description: 'The order id is no UUID.' })
  @ApiResponse({ status: 429, description: 'There are as many readers of this address as it may have.' })
  @ApiResponse({ status: 503, description: 'There are as many readers as this instance takes.' })
  async open(
    @Query({ schema: Wanted }) { orderId: orderIds }: z.infer<typeof Wanted>,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (this.feed.size >= this.env.LIVE_READERS_MAX) {
      throw new Problem(503, 'too-many-readers', 'There are as many readers as this instance takes. Come back later.', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    this.addresses.admit(request);
    const reader = new LiveReader(openEventStream(reply), orderIds && new Set(orderIds));
    await this.feed.add(reader, lastEventId).catch(() => reader.end());
  }
}
