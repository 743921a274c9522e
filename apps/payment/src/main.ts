import 'reflect-metadata';
import { runService } from '@quadrille/service';
import { payment } from './payment.js';

await runService(payment);
