import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, KafkaContext, Payload } from '@nestjs/microservices';
import { topicOf } from '@quadrille/choreography';
import { checkout, OrderCompleted, PaymentAuthorized, ShipmentCancelled, ShipmentFailed } from '@quadrille/contracts';
import { dispatch, type Handler, on } from '../messaging/heard.js';
import { ReservationsService } from './reservations.service.js';

/** Consumes the events of the inventory service. */
@Controller()
export class ReservationsController {
  private readonly handlers: readonly Handler[];

  constructor(reservations: ReservationsService) {
    this.handlers = [
      on(PaymentAuthorized, (heard) => reservations.reserve(heard)),
      on(ShipmentFailed, (heard) => reservations.release(heard)),
      on(ShipmentCancelled, (heard) => reservations.release(heard)),
      on(OrderCompleted, (heard) => reservations.commit(heard)),
    ];
  }

  @EventPattern<string>(topicOf(checkout, 'payment'))
  payment(@Payload() data: unknown, @Ctx() context: KafkaContext): Promise<void> {
    return dispatch(this.handlers, data, context);
  }

  @EventPattern<string>(topicOf(checkout, 'shipping'))
  shipping(@Payload() data: unknown, @Ctx() context: KafkaContext): Promise<void> {
    return dispatch(this.handlers, data, context);
  }

  @EventPattern<string>(topicOf(checkout, 'order'))
  order(@Payload() data: unknown, @Ctx() context: KafkaContext): Promise<void> {
    return dispatch(this.handlers, data, context);
  }
}
