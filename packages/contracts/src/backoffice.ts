import { command } from '@quadrille/choreography';
import { DepositFunds, ListProduct, ReceiveStock } from './commands.js';
import { PriceChanged, ProductListed, StockReceived } from './events/inventory.js';
import { FundsDeposited } from './events/payment.js';

/** What happens beside the saga, in the same language: the catalogue, deliveries to the warehouse, deposits. */
export const backoffice = {
  'list-product': {
    by: 'inventory',
    hears: command('PUT /catalogue/:sku', ListProduct),
    says: [ProductListed, PriceChanged],
  },
  'keep-product': {
    by: 'order',
    hears: [ProductListed, PriceChanged],
    says: [],
    role: 'afterwards',
  },
  'receive-stock': {
    by: 'inventory',
    hears: command('POST /stock/:sku/receipts', ReceiveStock),
    says: [StockReceived],
  },
  'deposit-funds': {
    by: 'payment',
    hears: command('POST /accounts/:customerId/deposits', DepositFunds),
    says: [FundsDeposited],
  },
} as const;
