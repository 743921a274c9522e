import { runService } from '@quadrille/service/run';
import { storefront } from './storefront.js';

await runService(storefront);
