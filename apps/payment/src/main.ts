import 'reflect-metadata';
import { runService } from '@quadrille/nest/run';
import { payment } from './payment.js';

await runService(payment);
