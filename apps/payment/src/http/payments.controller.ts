import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Customer, mayActFor, type Principal, Problem } from '@quadrille/nest';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { findPayment, PaymentView } from '../reads/find-payment.js';

/** The payments of orders. */
@ApiTags('payments')
@Controller('payments')
export class PaymentsController {
  constructor(private readonly dataSource: DataSource) {}

  @Customer()
  @Get(':orderId')
  @ApiOperation({ summary: 'Get the payment of an order, with its ledger postings' })
  @ApiResponse({ status: 200, standardSchema: PaymentView })
  @ApiResponse({ status: 400, description: 'Problem: the id is not a UUID' })
  @ApiResponse({ status: 404, description: 'Problem `unknown-payment`: no event of this order was handled yet' })
  @Header('cache-control', 'no-store')
  async find(
    @Param('orderId', { schema: z.uuid() }) orderId: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PaymentView> {
    const payment = await findPayment(this.dataSource, orderId);
    if (!payment || !mayActFor(principal, payment.customerId))
      throw new Problem(404, 'unknown-payment', `There is no payment for order ${orderId}.`);
    return payment;
  }
}
