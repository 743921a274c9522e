import 'reflect-metadata';
import { runService } from '@quadrille/service/run';
import { shipping } from './shipping.js';

await runService(shipping);
