import { runService } from '@quadrille/service';
import { storefront } from './storefront.js';

await runService(storefront);
