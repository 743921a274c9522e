import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, KafkaContext, Payload } from '@nestjs/microservices';
import { topicOf } from '@quadrille/choreography';
import { OrderCompleted, PaymentAuthorized, ShipmentCancelled, ShipmentFailed } from '@quadrille/contracts';
import { naming } from '../messaging/publish.js';
import { dispatch, type Handler, on } from '../messaging/received-event.js';
import { ReservationsService } from './reservations.service.js';

/** Consumes the events of the inventory service. */
@Controller()
export class ReservationsController {
  private readonly handlers: readonly Handler[];

  constructor(reservations: ReservationsService) {
    this.handlers = [
      on(PaymentAuthorized, (received) => reservations.reserve(received)),
      on(ShipmentFailed, (received) => reservations.release(received)),
      on(ShipmentCancelled, (received) => reservations.release(received)),
      on(OrderCompleted, (received) => reservations.commit(received)),
    ];
  }

  @EventPattern<string>(topicOf(naming, 'payment'))
  payment(@Payload() data: unknown, @Ctx() context: KafkaContext): Promise<void> {
    return dispatch(this.handlers, data, context);
  }

  @EventPattern<string>(topicOf(naming, 'shipping'))
  shipping(@Payload() data: unknown, @Ctx() context: KafkaContext): Promise<void> {
    return dispatch(this.handlers, data, context);
  }

  @EventPattern<string>(topicOf(naming, 'order'))
  order(@Payload() data: unknown, @Ctx() context: KafkaContext): Promise<void> {
    return dispatch(this.handlers, data, context);
  }
}
