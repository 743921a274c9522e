import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, KafkaContext, Payload } from '@nestjs/microservices';
import { topicOf } from '@quadrille/choreography';
import {
  InventoryReserved,
  OrderCancellationRequested,
  OrderCompleted,
  PaymentCaptureFailed,
} from '@quadrille/contracts';
import { naming } from '../messaging/publish.js';
import { dispatch, type Handler, on } from '../messaging/received-event.js';
import { ShipmentsService } from './shipments.service.js';

/** Consumes the events of the shipping service. */
@Controller()
export class ShipmentsController {
  private readonly handlers: readonly Handler[];

  constructor(shipments: ShipmentsService) {
    this.handlers = [
      on(InventoryReserved, (received) => shipments.create(received)),
      on(PaymentCaptureFailed, (received) => shipments.cancel(received)),
      on(OrderCancellationRequested, (received) => shipments.cancel(received)),
      on(OrderCompleted, (received) => shipments.dispatch(received)),
    ];
  }

  @EventPattern<string>(topicOf(naming, 'inventory'))
  inventory(@Payload() data: unknown, @Ctx() context: KafkaContext): Promise<void> {
    return dispatch(this.handlers, data, context);
  }

  @EventPattern<string>(topicOf(naming, 'payment'))
  payment(@Payload() data: unknown, @Ctx() context: KafkaContext): Promise<void> {
    return dispatch(this.handlers, data, context);
  }

  @EventPattern<string>(topicOf(naming, 'order'))
  order(@Payload() data: unknown, @Ctx() context: KafkaContext): Promise<void> {
    return dispatch(this.handlers, data, context);
  }
}
