import 'reflect-metadata';
import { runService } from '@quadrille/nest/run';
import { order } from './order.js';

await runService(order);
