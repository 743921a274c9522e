import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Ctx, EventPattern, KafkaContext, Payload } from '@nestjs/microservices';
import { topicOf } from '@quadrille/choreography';
import { OrderRequest, PaymentCaptured, PaymentFailed, PaymentRefunded, PaymentVoided } from '@quadrille/contracts';
import { z } from 'zod';
import { naming } from '../messaging/publish.js';
import { dispatch, type Handler, on } from '../messaging/received-event.js';
import { OrdersService } from './orders.service.js';

const Cancellation = z.object({ reason: z.string().trim().min(1).max(100) });

/** HTTP endpoints and consumed events of the order service. */
@Controller()
export class OrdersController {
  private readonly handlers: readonly Handler[];

  constructor(private readonly orders: OrdersService) {
    this.handlers = [
      on(PaymentCaptured, (received) => orders.complete(received)),
      on(PaymentFailed, (received) => orders.cancel(received)),
      on(PaymentVoided, (received) => orders.cancel(received)),
      on(PaymentRefunded, (received) => orders.cancel(received)),
    ];
  }

  @Post('orders')
  @HttpCode(202)
  async place(@Body({ schema: OrderRequest }) request: OrderRequest): Promise<object> {
    const { orderId, status, total } = await this.orders.place(request);
    return { orderId, status, total, currency: request.currency };
  }

  @Post('orders/:id/cancellation')
  @HttpCode(202)
  async cancel(
    @Param('id') orderId: string,
    @Body({ schema: Cancellation }) { reason }: z.infer<typeof Cancellation>,
  ): Promise<object> {
    await this.orders.requestCancellation(orderId, reason);
    return { orderId };
  }

  @EventPattern<string>(topicOf(naming, 'payment'))
  payment(@Payload() data: unknown, @Ctx() context: KafkaContext): Promise<void> {
    return dispatch(this.handlers, data, context);
  }
}
