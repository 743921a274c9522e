import 'reflect-metadata';
import { runService } from '@quadrille/service/run';
import { order } from './order.js';

await runService(order);
