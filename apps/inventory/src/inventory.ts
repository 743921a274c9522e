import { naming, serviceSteps, services, shop } from '@quadrille/contracts';
import { bindStore, defineService } from '@quadrille/nest';
import { products } from './domain/products.js';
import { reservations } from './domain/reservations.js';
import { stock } from './domain/stock.js';
import { CatalogueController } from './http/catalogue.controller.js';
import { ReservationsController } from './http/reservations.controller.js';
import { StockController } from './http/stock.controller.js';
import { Stock1763720000000 } from './persistence/migrations/1763720000000-stock.js';
import { ReservationsInPlace1763720100000 } from './persistence/migrations/1763720100000-reservations-in-place.js';
import { ProductRevisions1763720200000 } from './persistence/migrations/1763720200000-product-revisions.js';
import { productStore } from './persistence/products.js';
import { reservationStore } from './persistence/reservations.js';
import { stockStore } from './persistence/stock.js';
import { commitInventory } from './steps/commit-inventory.js';
import { listProduct } from './steps/list-product.js';
import { receiveStock } from './steps/receive-stock.js';
import { releaseInventory } from './steps/release-inventory.js';
import { reserveInventory } from './steps/reserve-inventory.js';

/** The inventory service: catalogue, stock and reservations. */
export const inventory = defineService({
  ...naming,
  rows: shop,
  steps: serviceSteps('inventory', {
    'reserve-inventory': reserveInventory,
    'release-inventory': releaseInventory,
    'commit-inventory': commitInventory,
    'list-product': listProduct,
    'receive-stock': receiveStock,
  }),
  // Products before stock, because a row of stock references its product.
  stores: [bindStore(reservations, reservationStore), bindStore(products, productStore), bindStore(stock, stockStore)],
  migrations: [Stock1763720000000, ReservationsInPlace1763720100000, ProductRevisions1763720200000],
  defaultPort: services.inventory.port,
  controllers: [CatalogueController, StockController, ReservationsController],
});
