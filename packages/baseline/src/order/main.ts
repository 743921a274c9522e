import { start } from '../boot/start.js';
import { Order } from './order.js';
import { OrdersController } from './orders.controller.js';
import { OrdersService } from './orders.service.js';
import { Product } from './product.js';

await start({ name: 'order', entities: [Order, Product], controllers: [OrdersController], providers: [OrdersService] });
