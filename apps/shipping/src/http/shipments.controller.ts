import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Operator, Problem } from '@quadrille/nest';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { findShipment, ShipmentView } from '../reads/find-shipment.js';

const OrderId = z.uuid().toLowerCase();

/** The shipments of orders. */
@ApiTags('shipments')
@Controller('shipments')
export class ShipmentsController {
  constructor(private readonly dataSource: DataSource) {}

  @Operator()
  @Get(':orderId')
  @ApiOperation({ summary: 'Get the shipment of an order' })
  @ApiParam({ name: 'orderId', schema: { type: 'string', format: 'uuid' } })
  @ApiResponse({ status: 200, standardSchema: ShipmentView })
  @ApiResponse({ status: 400, description: 'Problem `malformed-request`: the id is not a UUID' })
  @ApiResponse({ status: 404, description: 'Problem `unknown-shipment`: no event of this order was handled yet' })
  @Header('cache-control', 'no-store')
  async find(@Param('orderId', { schema: OrderId }) orderId: string): Promise<ShipmentView> {
    const shipment = await findShipment(this.dataSource, orderId);
    if (!shipment) throw new Problem(404, 'unknown-shipment', `There is no shipment for order ${orderId}.`);
    return shipment;
  }
}
