import { Module } from '@nestjs/common';
import { bindStore, QuadrilleModule } from '@quadrille/nest';
import { ordering } from './ordering.js';
import { OrdersController } from './orders.controller.js';
import { orders, placeOrder } from './place-order.step.js';

@Module({
  imports: [
    // Reads DATABASE_URL and KAFKA_BROKERS; forRootAsync takes them from your ConfigService.
    QuadrilleModule.forRoot(),
    QuadrilleModule.forFeature({
      choreography: ordering,
      service: 'orders',
      steps: [placeOrder],
      stores: [bindStore(orders)],
    }),
  ],
  controllers: [OrdersController],
})
export class OrderingModule {}
