import { request } from '../api/request.js';

/** A product of the catalogue with its stock. */
export interface Product {
  readonly sku: string;
  readonly name: string;
  /** Minor units. */
  readonly price: number;
  readonly currency: string;
  /** Pieces. */
  readonly available: number;
}

export interface ProductPage {
  readonly products: readonly Product[];
  readonly next: string | null;
}

type Listed = Omit<Product, 'available'>;
type Shelf = Pick<Product, 'sku' | 'available'>;

const PAGE = 24;

/** A page of the catalogue with the stock of the same SKUs: both lists have the same order. */
export async function productPage(cursor: string | null, signal: AbortSignal): Promise<ProductPage> {
  const query = `?limit=${PAGE}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
  const [catalogue, stock] = await Promise.all([
    request<{ products: Listed[]; next: string | null }>('inventory', `/catalogue${query}`, { signal }),
    request<{ stock: Shelf[] }>('inventory', `/stock${query}`, { signal }),
  ]);
  const available = new Map(stock.stock.map((shelf) => [shelf.sku, shelf.available]));
  return {
    products: catalogue.products.map((product) => ({ ...product, available: available.get(product.sku) ?? 0 })),
    next: catalogue.next,
  };
}

const FEW = 20;

/** The available stock, as text. */
export function leftInWords(available: number): string {
  if (available === 0) return 'Sold out';
  if (available <= FEW) return `Only ${available} left`;
  return `${available.toLocaleString('en-GB')} in stock`;
}
