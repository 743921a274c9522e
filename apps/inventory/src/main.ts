import 'reflect-metadata';
import { runService } from '@quadrille/nest/run';
import { inventory } from './inventory.js';

await runService(inventory);
