import { Controller, Get, Param } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Item } from '@quadrille/contracts';
import { Problem } from '@quadrille/service';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { readReservation } from '../persistence/read-reservation.js';

const OrderId = z.uuid();
const Reservation = z.object({
  orderId: OrderId,
  status: z.enum(['reserved', 'failed', 'released', 'committed']),
  items: z
    .array(Item)
    .describe('What it holds or held; of a failed one what was wanted; empty when it never came to hold anything'),
  reason: z.string().optional(),
  changedAt: z.iso.datetime(),
});

/** What is set aside for an order. */
@ApiTags('reservations')
@Controller('reservations')
export class ReservationsController {
  constructor(private readonly dataSource: DataSource) {}

  @Get(':orderId')
  @ApiOperation({ summary: 'Shows the reservation of an order' })
  @ApiParam({ name: 'orderId', schema: { type: 'string', format: 'uuid' } })
  @ApiOkResponse({ standardSchema: Reservation })
  @ApiNotFoundResponse({ description: 'unknown-reservation: nothing was reserved or released for this order yet' })
  async find(@Param('orderId', { schema: OrderId }) orderId: string) {
    const reservation = await readReservation(this.dataSource, orderId);
    if (!reservation) {
      throw new Problem(404, 'unknown-reservation', `Nothing is known of a reservation for the order ${orderId}.`);
    }
    const { at, ...shown } = reservation;
    return { ...shown, changedAt: at };
  }
}
