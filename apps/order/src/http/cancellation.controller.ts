import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { RequestCancellation } from '@quadrille/contracts';
import {
  Caller,
  Commands,
  CurrentPrincipal,
  Customer,
  type Principal,
  Traceparent,
  type Waiter,
} from '@quadrille/nest';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { STATUSES } from '../persistence/read-table.js';
import { ApiProblem } from './api-problem.js';
import { Uuid } from './order-view.js';
import { eventIn } from './outcome.js';
import { readOrder } from './read-orders.js';

/** The reason code if the customer gives none. */
const NO_REASON_GIVEN = 'requested-by-customer';

const CancellationRequest = RequestCancellation.pick({ reason: true }).partial().nullish();
type CancellationRequest = z.infer<typeof CancellationRequest>;

const Cancellation = z.object({ orderId: z.uuid(), status: z.enum(STATUSES) });
type Cancellation = z.infer<typeof Cancellation>;

/** `POST /orders/:id/cancellation`: starts the compensation of a running saga. */
@ApiTags('orders')
@Controller('orders/:id/cancellation')
export class CancellationController {
  constructor(
    private readonly commands: Commands,
    private readonly dataSource: DataSource,
  ) {}

  @Customer()
  @Post()
  @HttpCode(202)
  @ApiOperation({ summary: 'Cancel an order that has not ended; repeating the request changes nothing' })
  @ApiResponse({
    status: 202,
    description: 'The order is being cancelled or is already cancelled.',
    standardSchema: Cancellation,
  })
  @ApiProblem(400, 'malformed-request')
  @ApiProblem(404, 'unknown-order')
  @ApiProblem(409, 'order-completed')
  @ApiProblem(422, 'unacceptable-values')
  async request(
    @Param('id', { schema: Uuid }) orderId: string,
    @Body({ schema: CancellationRequest }) request: CancellationRequest,
    @Traceparent() traceparent: string | undefined,
    @Caller() caller: Waiter,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Cancellation> {
    // Reads the order only if identity is configured.
    if (principal.customerId !== undefined) await readOrder(this.dataSource, orderId, principal);
    const command = { orderId, reason: request?.reason ?? NO_REASON_GIVEN };
    const outcome = await this.commands.run('request-cancellation', command, { key: orderId, traceparent, caller });
    if (eventIn(outcome)) return { orderId, status: 'CANCELLING' };
    const { status } = await readOrder(this.dataSource, orderId, principal);
    return { orderId, status };
  }
}
