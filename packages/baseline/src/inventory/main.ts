import { start } from '../boot/start.js';
import { Reservation } from './reservation.js';
import { ReservationsController } from './reservations.controller.js';
import { ReservationsService } from './reservations.service.js';
import { Stock } from './stock.js';

await start({
  name: 'inventory',
  entities: [Stock, Reservation],
  controllers: [ReservationsController],
  providers: [ReservationsService],
});
