import 'reflect-metadata';
import { runService } from '@quadrille/nest/run';
import { ordersService } from './orders.js';
import { stock } from './stock.js';

await (process.argv[2] === 'stock' ? runService(stock) : runService(ordersService));
