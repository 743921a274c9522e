import 'reflect-metadata';
import { runService } from '@quadrille/service';
import { shipping } from './shipping.js';

await runService(shipping);
