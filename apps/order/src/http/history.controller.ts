import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { PersonalData } from '@quadrille/choreography';
import { type OrderDetails, subjectOf } from '@quadrille/contracts';
import { CurrentPrincipal, Customer, PERSONAL_DATA, type Principal, Problem } from '@quadrille/nest';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { orders } from '../domain/order.js';
import { rebuild, type StoredEvent, upToTime, upToVersion } from '../domain/rebuild.js';
import { historyOf } from '../persistence/history.js';
import { ApiProblem } from './api-problem.js';
import { OrderView, Uuid, viewOfOrder } from './order-view.js';
import { unknownOrder } from './outcome.js';
import { readOrder } from './read-orders.js';

const MAX_VERSION = 2_147_483_647;

const HistoryQuery = z
  .object({
    version: z.coerce.number().int().positive().max(MAX_VERSION).optional(),
    at: z.iso.datetime({ offset: true }).optional(),
  })
  .refine(({ version, at }) => version === undefined || at === undefined, 'either version or at, not both');
type HistoryQuery = z.infer<typeof HistoryQuery>;

const History = z.object({
  orderId: z.uuid(),
  events: z.array(
    z.object({
      version: z.int().positive(),
      eventId: z.uuid(),
      type: z.string(),
      at: z.iso.datetime(),
      data: z.looseObject({}),
    }),
  ),
  order: OrderView.nullable(),
});
type History = z.infer<typeof History>;

/** Time travel: the events of an order, and its state after them. */
@ApiTags('orders')
@Controller('orders/:id/history')
export class HistoryController {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(PERSONAL_DATA) private readonly personalData: PersonalData,
  ) {}

  @Customer()
  @Get()
  @ApiOperation({ summary: 'Get the events of an order up to a version or time, and its state after them' })
  @ApiResponse({
    status: 200,
    description: 'The events, with data in the current version; `order` is null before it was placed.',
    standardSchema: History,
  })
  @ApiProblem(400, 'malformed-request')
  @ApiProblem(404, 'unknown-order, unknown-version')
  @ApiProblem(422, 'unacceptable-values')
  async history(
    @Param('id', { schema: Uuid }) orderId: string,
    @Query({ schema: HistoryQuery }) query: HistoryQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<History> {
    if (principal.customerId !== undefined) await readOrder(this.dataSource, orderId, principal);
    const whole = await historyOf(this.dataSource, orderId);
    if (whole.length === 0) throw unknownOrder(orderId);
    const events = upTo(whole, query);
    const order = rebuild(orders.initial(orderId), events);
    const history = {
      orderId,
      events: events.map(({ version, eventId, event, at }) => ({
        version,
        eventId,
        type: event.type,
        at,
        data: event.data,
      })),
      order: order.status === 'none' ? null : viewOfOrder(order),
    };
    // All events of an order belong to one person.
    const subject = subjectOf(whole[0]!.event.data as OrderDetails);
    return (await this.personalData.open(subject, history)) as unknown as History;
  }
}

function upTo(history: readonly StoredEvent[], { version, at }: HistoryQuery): readonly StoredEvent[] {
  if (version !== undefined && version > history.length) {
    throw new Problem(404, 'unknown-version', `The latest version of the order is ${history.length}.`);
  }
  if (version !== undefined) return upToVersion(history, version);
  return at === undefined ? history : upToTime(history, at);
}
