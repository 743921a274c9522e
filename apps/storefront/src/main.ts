import { runService } from '@quadrille/nest/run';
import { storefront } from './storefront.js';

await runService(storefront);
