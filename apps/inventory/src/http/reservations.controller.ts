import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Operator, Problem } from '@quadrille/nest';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { findReservation, ReservationView } from '../reads/find-reservation.js';

const OrderId = z.uuid().toLowerCase();

/** What is set aside for an order. */
@ApiTags('reservations')
@Controller('reservations')
export class ReservationsController {
  constructor(private readonly dataSource: DataSource) {}

  @Operator()
  @Get(':orderId')
  @ApiOperation({ summary: 'How far the reservation of an order is' })
  @ApiParam({ name: 'orderId', schema: { type: 'string', format: 'uuid' } })
  @ApiResponse({ status: 200, standardSchema: ReservationView })
  @ApiResponse({ status: 400, description: 'Problem `malformed-request`: the id is no UUID' })
  @ApiResponse({ status: 404, description: 'Problem `unknown-reservation`: nothing was heard of this order yet' })
  @Header('cache-control', 'no-store')
  async find(@Param('orderId', { schema: OrderId }) orderId: string): Promise<ReservationView> {
    const found = await findReservation(this.dataSource, orderId);
    if (found) return found;
    throw new Problem(404, 'unknown-reservation', `Nothing is known of a reservation for the order ${orderId}.`);
  }
}
