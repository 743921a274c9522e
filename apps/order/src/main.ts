import 'reflect-metadata';
import { runService } from '@quadrille/service';
import { order } from './order.js';

await runService(order);
