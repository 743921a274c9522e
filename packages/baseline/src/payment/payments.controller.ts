import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, KafkaContext, Payload } from '@nestjs/microservices';
import { topicOf } from '@quadrille/choreography';
import { InventoryReleased, InventoryReservationFailed, OrderCreated, ShipmentCreated } from '@quadrille/contracts';
import { naming } from '../messaging/publish.js';
import { dispatch, type Handler, on } from '../messaging/received-event.js';
import { PaymentsService } from './payments.service.js';

/** Consumes the events of the payment service. */
@Controller()
export class PaymentsController {
  private readonly handlers: readonly Handler[];

  constructor(payments: PaymentsService) {
    this.handlers = [
      on(OrderCreated, (received) => payments.authorize(received)),
      on(ShipmentCreated, (received) => payments.capture(received)),
      on(InventoryReservationFailed, (received) => payments.returnPayment(received)),
      on(InventoryReleased, (received) => payments.returnPayment(received)),
    ];
  }

  @EventPattern<string>(topicOf(naming, 'order'))
  order(@Payload() data: unknown, @Ctx() context: KafkaContext): Promise<void> {
    return dispatch(this.handlers, data, context);
  }

  @EventPattern<string>(topicOf(naming, 'inventory'))
  inventory(@Payload() data: unknown, @Ctx() context: KafkaContext): Promise<void> {
    return dispatch(this.handlers, data, context);
  }

  @EventPattern<string>(topicOf(naming, 'shipping'))
  shipping(@Payload() data: unknown, @Ctx() context: KafkaContext): Promise<void> {
    return dispatch(this.handlers, data, context);
  }
}
