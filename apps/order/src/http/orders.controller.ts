import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { PersonalData } from '@quadrille/choreography';
import { CurrentPrincipal, Customer, mayActFor, PERSONAL_DATA, type Principal } from '@quadrille/nest';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { STATUSES } from '../persistence/read-table.js';
import { ApiProblem } from './api-problem.js';
import { OrderView, Uuid, withAddresses } from './order-view.js';
import { DEFAULT_PAGE_ORDERS, listOrders, MAX_PAGE_ORDERS, type OrderPage, readOrder } from './read-orders.js';

const ListQuery = z.object({
  customerId: Uuid.optional(),
  status: z.enum(STATUSES).optional(),
  cursor: z.string().max(200).optional().describe('`next` of the previous page'),
  limit: z.coerce.number().pipe(z.int().min(1).max(MAX_PAGE_ORDERS)).default(DEFAULT_PAGE_ORDERS),
});

/** The current state of orders. */
@ApiTags('orders')
@Controller('orders')
export class OrdersController {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(PERSONAL_DATA) private readonly personalData: PersonalData,
  ) {}

  @Customer()
  @Get()
  @ApiOperation({ summary: 'List orders, newest first' })
  @ApiResponse({
    status: 200,
    description: 'A page of orders; `next` is null on the last page.',
    standardSchema: z.object({ orders: z.array(OrderView), next: z.string().nullable() }),
  })
  @ApiProblem(400, 'malformed-request, malformed-cursor')
  @ApiProblem(422, 'unacceptable-values')
  async list(
    @Query({ schema: ListQuery }) query: z.infer<typeof ListQuery>,
    @CurrentPrincipal() principal: Principal,
  ): Promise<OrderPage> {
    const customerId = query.customerId ?? principal.customerId;
    // The response must not disclose whether another customer has orders.
    if (customerId !== undefined && !mayActFor(principal, customerId)) return { orders: [], next: null };
    const page = await listOrders(this.dataSource, { ...query, customerId });
    return { ...page, orders: await withAddresses(this.personalData, page.orders) };
  }

  @Customer()
  @Get(':id')
  @ApiOperation({ summary: 'Get an order' })
  @ApiResponse({ status: 200, description: 'The current state of the order.', standardSchema: OrderView })
  @ApiProblem(400, 'malformed-request')
  @ApiProblem(404, 'unknown-order')
  async read(
    @Param('id', { schema: Uuid }) orderId: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<OrderView> {
    const order = await readOrder(this.dataSource, orderId, principal);
    const [opened] = await withAddresses(this.personalData, [order]);
    return opened!;
  }
}
