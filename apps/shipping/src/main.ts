import 'reflect-metadata';
import { runService } from '@quadrille/nest/run';
import { shipping } from './shipping.js';

await runService(shipping);
