import { aggregate } from '@quadrille/contracts';
import { piecesIn } from './pieces.js';

/** The pieces of one SKU. Always: available + reserved + sold = received, and none is negative. */
export interface Stock {
  readonly sku: string;
  /** All that ever came in. */
  readonly received: number;
  /** On the shelf, free to be reserved. */
  readonly available: number;
  /** On the shelf, promised to an order that has not ended. */
  readonly reserved: number;
  /** Gone for good. */
  readonly sold: number;
  /** When it last changed, ISO 8601; absent while nothing ever came in. */
  readonly at?: string;
}

/** Stock, by SKU. A SKU nothing ever came in of has none. */
export const stock = aggregate<Stock>('stock', {
  initial: (sku) => ({ sku, received: 0, available: 0, reserved: 0, sold: 0 }),

  evolve(shelf, said, at) {
    switch (said.type) {
      case 'StockReceived': {
        if (said.data.sku !== shelf.sku) return shelf;
        const { quantity } = said.data;
        return { ...shelf, received: shelf.received + quantity, available: shelf.available + quantity, at };
      }
      case 'InventoryReserved':
        return moved(shelf, piecesIn(said.data.items), 'available', 'reserved', at);
      case 'InventoryReleased':
        return moved(shelf, piecesIn(said.data.released), 'reserved', 'available', at);
      case 'InventoryCommitted':
        return moved(shelf, piecesIn(said.data.items), 'reserved', 'sold', at);
      default:
        return shelf;
    }
  },
});

type Place = 'available' | 'reserved' | 'sold';

/** Pieces only ever move from one place to another, so that their sum cannot change. */
function moved(shelf: Stock, pieces: ReadonlyMap<string, number>, from: Place, to: Place, at: string): Stock {
  const count = pieces.get(shelf.sku) ?? 0;
  return count === 0 ? shelf : { ...shelf, [from]: shelf[from] - count, [to]: shelf[to] + count, at };
}

/** The stock of each SKU that lines name, each once. */
export const stockOf = (lines: readonly { readonly sku: string; readonly quantity: number }[]) =>
  [...piecesIn(lines).keys()].map((sku) => stock.of(sku));
