import { command } from '@quadrille/choreography';
import { DepositFunds, ListProduct, ReceiveStock } from './commands.js';
import { PriceChanged, ProductListed, StockReceived } from './events/inventory.js';
import { FundsDeposited } from './events/payment.js';

/** Steps outside the saga, in the same form: the catalogue, deliveries to the warehouse, deposits. */
export const backoffice = {
  'list-product': {
    service: 'inventory',
    handles: command('PUT /catalogue/:sku', ListProduct),
    emits: [ProductListed, PriceChanged],
  },
  'save-product': {
    service: 'order',
    handles: [ProductListed, PriceChanged],
    emits: [],
    role: 'follow-up',
  },
  'receive-stock': {
    service: 'inventory',
    handles: command('POST /stock/:sku/receipts', ReceiveStock),
    emits: [StockReceived],
  },
  'deposit-funds': {
    service: 'payment',
    handles: command('POST /accounts/:customerId/deposits', DepositFunds),
    emits: [FundsDeposited],
  },
} as const;
