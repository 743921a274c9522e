import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Operator, Problem } from '@quadrille/nest';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { findReservation, ReservationView } from '../reads/find-reservation.js';

const OrderId = z.uuid().toLowerCase();

/** The reservations of orders. */
@ApiTags('reservations')
@Controller('reservations')
export class ReservationsController {
  constructor(private readonly dataSource: DataSource) {}

  @Operator()
  @Get(':orderId')
  @ApiOperation({ summary: 'Get the reservation of an order' })
  @ApiParam({ name: 'orderId', schema: { type: 'string', format: 'uuid' } })
  @ApiResponse({ status: 200, standardSchema: ReservationView })
  @ApiResponse({ status: 400, description: 'Problem `malformed-request`: the id is not a UUID' })
  @ApiResponse({ status: 404, description: 'Problem `unknown-reservation`: no event of this order was handled yet' })
  @Header('cache-control', 'no-store')
  async find(@Param('orderId', { schema: OrderId }) orderId: string): Promise<ReservationView> {
    const found = await findReservation(this.dataSource, orderId);
    if (found) return found;
    throw new Problem(404, 'unknown-reservation', `There is no reservation for order ${orderId}.`);
  }
}
