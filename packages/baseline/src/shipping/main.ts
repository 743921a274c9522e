import { start } from '../boot/start.js';
import { Shipment } from './shipment.js';
import { ShipmentsController } from './shipments.controller.js';
import { ShipmentsService } from './shipments.service.js';

await start({
  name: 'shipping',
  entities: [Shipment],
  controllers: [ShipmentsController],
  providers: [ShipmentsService],
});
