import { Problem } from '@quadrille/nest';

/** The problem for a SKU that is not in the catalogue; receive-stock rejects it with the same code. */
export const unknownSku = (sku: string) => new Problem(404, 'unknown-sku', `SKU ${sku} is not in the catalogue.`);
