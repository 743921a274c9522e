import { Controller, Get, Headers, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Customer, ENVIRONMENT, type Principal, Problem } from '@quadrille/nest';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import type { StorefrontEnvironment } from '../environment.js';
import { FirstEvents } from '../live/first-events.js';
import { LiveFeed } from '../live/live-feed.js';
import { LiveReader } from '../live/live-reader.js';
import { ordersOf } from '../persistence/find-saga.js';
import { openEventStream } from './open-event-stream.js';
import { ReadersByAddress } from './readers-by-address.js';

const RETRY_AFTER_SECONDS = 10;

/** A new order is unknown for a moment. Orders of other customers are known, so that they cause no wait. */
const FIRST_EVENT_WITHIN_MS = 8_000;

/** Above the number that one reader can follow; such a reader reads all events. */
const MAX_ORDERS = 50;

const OrderId = z.uuid().toLowerCase();
const Wanted = z.object({
  orderId: z
    .union([OrderId.transform((one) => [one]), z.array(OrderId).max(MAX_ORDERS)])
    .optional()
    .describe(`Only the events of this order; repeat it for several orders, at most ${MAX_ORDERS}.`),
});

/** Live events. */
@ApiTags('sagas')
@Controller('events')
export class EventsController {
  constructor(
    private readonly feed: LiveFeed,
    private readonly firstEvents: FirstEvents,
    private readonly addresses: ReadersByAddress,
    private readonly dataSource: DataSource,
    @Inject(ENVIRONMENT) private readonly env: StorefrontEnvironment,
  ) {}

  @Customer()
  @Get()
  @ApiOperation({
    summary: 'Stream the events of all sagas as they become known, as server-sent events',
    description:
      '`saga-event` carries one event; `skipped` has the number of events omitted because there were too many at once; ' +
      '`cut-off` is the last one for a reader that is too slow. A comment every 15 seconds prevents a timeout of the connection. ' +
      'A reader that reconnects with `Last-Event-ID` receives the missed events; `reset` is first for an id of an earlier read model ' +
      'or an invalid one: the reader must then reload its data. Ids only increase, and no event is repeated on a stream.',
  })
  @ApiResponse({
    status: 200,
    description: 'An endless stream.',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiResponse({ status: 400, description: 'The order id is not a UUID.' })
  @ApiResponse({ status: 403, description: 'A customer must name orders.' })
  @ApiResponse({ status: 404, description: 'None of these orders is a known order of the customer.' })
  @ApiResponse({ status: 429, description: 'The limit of readers per address is reached.' })
  @ApiResponse({ status: 503, description: 'The limit of readers of this instance is reached.' })
  async open(
    @Query({ schema: Wanted }) { orderId: orderIds }: z.infer<typeof Wanted>,
    @Headers('last-event-id') lastEventId: string | undefined,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const wanted = await this.allowed(orderIds, principal, request);
    if (this.feed.size >= this.env.LIVE_READERS_MAX) {
      throw new Problem(503, 'too-many-readers', 'The limit of readers of this instance is reached. Try again later.', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
    }
    this.addresses.admit(request);
    const reader = new LiveReader(openEventStream(reply), wanted && new Set(wanted));
    await this.feed.add(reader, lastEventId).catch(() => reader.end());
  }

  /** The requested orders that the caller may see; customers must name theirs. */
  private async allowed(
    orderIds: string[] | undefined,
    { customerId }: Principal,
    request: FastifyRequest,
  ): Promise<string[] | undefined> {
    if (customerId === undefined) return orderIds;
    if (orderIds === undefined) {
      throw new Problem(403, 'operators-only', 'The events of all orders are for operators: name yours by orderId.');
    }
    let own = await ordersOf(this.dataSource, customerId, orderIds);
    const [latest] = orderIds.slice(-1);
    if (own.length === 0 && latest !== undefined && this.firstEvents.size < this.env.LIVE_READERS_MAX) {
      const gone = new AbortController();
      request.raw.socket.once('close', () => gone.abort());
      await this.firstEvents.wait(latest, FIRST_EVENT_WITHIN_MS, gone.signal);
      own = await ordersOf(this.dataSource, customerId, orderIds);
    }
    if (own.length === 0) throw new Problem(404, 'unknown-order', 'No event of such an order of yours has been read.');
    return own;
  }
}
