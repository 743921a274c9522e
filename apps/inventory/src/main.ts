import 'reflect-metadata';
import { runService } from '@quadrille/service';
import { inventory } from './inventory.js';

await runService(inventory);
