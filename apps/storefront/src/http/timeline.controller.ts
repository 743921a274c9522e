import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Problem } from '@quadrille/service';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { timelineOf } from '../domain/timeline.js';
import { findEvents, findNotices } from '../persistence/find-saga.js';
import { TimelineView, viewOf } from './timeline-view.js';

const OrderId = z.uuid().toLowerCase();

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
  async show(@Param('orderId', { schema: OrderId }) orderId: string): Promise<TimelineView> {
    const [events, notices] = await Promise.all([
      findEvents(this.dataSource, orderId),
      findNotices(this.dataSource, orderId),
    ]);
    if (events.length === 0) throw new Problem(404, 'unknown-order', `No event of the order ${orderId} has been read.`);
    return viewOf(orderId, timelineOf(events, notices));
  }
}
