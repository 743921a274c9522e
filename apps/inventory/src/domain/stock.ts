import { aggregate } from '@quadrille/contracts';
import { piecesIn } from './pieces.js';

/** The pieces of one SKU. Invariant: available + reserved + sold = received, and no value is negative. */
export interface Stock {
  readonly sku: string;
  /** The total of all receipts. */
  readonly received: number;
  /** In stock and not reserved. */
  readonly available: number;
  /** In stock and reserved for an open order. */
  readonly reserved: number;
  /** Permanently out of stock: sold. */
  readonly sold: number;
  /** The last change, ISO 8601; absent before the first receipt. */
  readonly at?: string;
}

/** Stock by SKU; 0 before the first receipt. */
export const stock = aggregate<Stock>('stock', {
  initial: (sku) => ({ sku, received: 0, available: 0, reserved: 0, sold: 0 }),

  evolve(shelf, event, at) {
    switch (event.type) {
      case 'StockReceived': {
        if (event.data.sku !== shelf.sku) return shelf;
        const { quantity } = event.data;
        return { ...shelf, received: shelf.received + quantity, available: shelf.available + quantity, at };
      }
      case 'InventoryReserved':
        return moved(shelf, piecesIn(event.data.items), 'available', 'reserved', at);
      case 'InventoryReleased':
        return moved(shelf, piecesIn(event.data.released), 'reserved', 'available', at);
      case 'InventoryCommitted':
        return moved(shelf, piecesIn(event.data.items), 'reserved', 'sold', at);
      default:
        return shelf;
    }
  },
});

type Place = 'available' | 'reserved' | 'sold';

/** Pieces only move between places, so that their sum is constant. */
function moved(shelf: Stock, pieces: ReadonlyMap<string, number>, from: Place, to: Place, at: string): Stock {
  const count = pieces.get(shelf.sku) ?? 0;
  return count === 0 ? shelf : { ...shelf, [from]: shelf[from] - count, [to]: shelf[to] + count, at };
}

/** The stock of each SKU in some lines, without duplicates. */
export const stockOf = (lines: readonly { readonly sku: string; readonly quantity: number }[]) =>
  [...piecesIn(lines).keys()].map((sku) => stock.of(sku));
