import 'reflect-metadata';
import { runService } from '@quadrille/service/run';
import { payment } from './payment.js';

await runService(payment);
