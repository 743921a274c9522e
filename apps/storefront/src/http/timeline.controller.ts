import { setTimeout as pause } from 'node:timers/promises';
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Problem } from '@quadrille/service';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { timelineOf } from '../domain/timeline.js';
import { findEvents, findNotices } from '../persistence/find-saga.js';
import { TimelineView, viewOf } from './timeline-view.js';

const OrderId = z.uuid().toLowerCase();
/** As long as a proxy keeps an idle connection at the least. */
const MAX_PATIENCE_SECONDS = 20;
const LOOK_EVERY_MS = 50;

const Patience = z.object({
  patience: z.coerce
    .number()
    .min(0)
    .max(MAX_PATIENCE_SECONDS)
    .default(0)
    .describe('Seconds to wait for the first event of an order that was placed just now, before it is unknown.'),
});

/** The evidence of one saga. */
@ApiTags('sagas')
@Controller('timeline')
export class TimelineController {
  constructor(private readonly dataSource: DataSource) {}

  @Get(':orderId')
  @ApiOperation({ summary: 'What happened to an order: who said what because of what, and who is awaited since when' })
  @ApiResponse({ status: 200, description: 'The chain of evidence.', standardSchema: TimelineView })
  @ApiResponse({ status: 400, description: 'The id is no UUID.' })
  @ApiResponse({ status: 404, description: 'No event of this order has been read.' })
  async show(
    @Param('orderId', { schema: OrderId }) orderId: string,
    @Query({ schema: Patience }) { patience }: z.infer<typeof Patience>,
  ): Promise<TimelineView> {
    const until = Date.now() + patience * 1_000;
    let events = await findEvents(this.dataSource, orderId);
    while (events.length === 0 && Date.now() < until) {
      await pause(LOOK_EVERY_MS);
      events = await findEvents(this.dataSource, orderId);
    }
    const notices = await findNotices(this.dataSource, orderId);
    if (events.length === 0) throw new Problem(404, 'unknown-order', `No event of the order ${orderId} has been read.`);
    return viewOf(orderId, timelineOf(events, notices));
  }
}
