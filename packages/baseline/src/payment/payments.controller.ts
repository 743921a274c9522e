import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, KafkaContext, Payload } from '@nestjs/microservices';
import { topicOf } from '@quadrille/choreography';
import {
  checkout,
  InventoryReleased,
  InventoryReservationFailed,
  OrderCreated,
  ShipmentCreated,
} from '@quadrille/contracts';
import { dispatch, type Handler, on } from '../messaging/heard.js';
import { PaymentsService } from './payments.service.js';

/** Consumes the events of the payment service. */
@Controller()
export class PaymentsController {
  private readonly handlers: readonly Handler[];

  constructor(payments: PaymentsService) {
    this.handlers = [
      on(OrderCreated, (heard) => payments.authorize(heard)),
      on(ShipmentCreated, (heard) => payments.capture(heard)),
      on(InventoryReservationFailed, (heard) => payments.giveBack(heard)),
      on(InventoryReleased, (heard) => payments.giveBack(heard)),
    ];
  }

  @EventPattern<string>(topicOf(checkout, 'order'))
  order(@Payload() data: unknown, @Ctx() context: KafkaContext): Promise<void> {
    return dispatch(this.handlers, data, context);
  }

  @EventPattern<string>(topicOf(checkout, 'inventory'))
  inventory(@Payload() data: unknown, @Ctx() context: KafkaContext): Promise<void> {
    return dispatch(this.handlers, data, context);
  }

  @EventPattern<string>(topicOf(checkout, 'shipping'))
  shipping(@Payload() data: unknown, @Ctx() context: KafkaContext): Promise<void> {
    return dispatch(this.handlers, data, context);
  }
}
