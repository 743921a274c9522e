import 'reflect-metadata';
import { runService } from '@quadrille/service/run';
import { inventory } from './inventory.js';

await runService(inventory);
