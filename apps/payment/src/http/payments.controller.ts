import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Customer, mayActFor, type Principal, Problem } from '@quadrille/nest';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { findPayment, PaymentView } from '../reads/find-payment.js';

/** What became of an order's payment. */
@ApiTags('payments')
@Controller('payments')
export class PaymentsController {
  constructor(private readonly dataSource: DataSource) {}

  @Customer()
  @Get(':orderId')
  @ApiOperation({ summary: 'How far the payment of an order is, with its postings in the ledger' })
  @ApiResponse({ status: 200, standardSchema: PaymentView })
  @ApiResponse({ status: 400, description: 'Problem: the id is no UUID' })
  @ApiResponse({ status: 404, description: 'Problem `unknown-payment`: nothing was heard of such an order yet' })
  @Header('cache-control', 'no-store')
  async find(
    @Param('orderId', { schema: z.uuid() }) orderId: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PaymentView> {
    const payment = await findPayment(this.dataSource, orderId);
    if (!payment || !mayActFor(principal, payment.customerId))
      throw new Problem(404, 'unknown-payment', `Nothing was heard of an order ${orderId} yet.`);
    return payment;
  }
}
